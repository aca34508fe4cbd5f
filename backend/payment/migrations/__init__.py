"""The schema of payment's database, step by step."""
