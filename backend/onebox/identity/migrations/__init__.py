"""The identity database, step by step."""
