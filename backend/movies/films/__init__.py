"""Films and their posters."""
