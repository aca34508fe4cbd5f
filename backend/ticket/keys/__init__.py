"""Keys: who signs tickets and lists, and the public halves that every door needs."""
