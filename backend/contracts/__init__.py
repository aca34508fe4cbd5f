"""What crosses a process border: wire schemas, broker messages, problems and permissions. No logic."""
