"""A real PostgreSQL of our own: found or brought along, started, attached to, stopped by pid."""
