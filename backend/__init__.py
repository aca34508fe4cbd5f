"""The services, and what only they share."""
