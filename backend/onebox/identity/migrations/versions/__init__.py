"""The numbered steps, each a few SQL statements."""
