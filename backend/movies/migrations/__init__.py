"""The schema of movies' database, step by step."""
