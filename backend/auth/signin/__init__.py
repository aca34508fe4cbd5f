"""The way of a browser to the provider and back, and out again."""
