"""The simulator's schema, step by step."""
