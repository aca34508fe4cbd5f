"""The vendor: every call that we make, through its own SDK."""
