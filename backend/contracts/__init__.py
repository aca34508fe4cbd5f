"""What crosses a process border: wire schemas, messages, problems, permissions. No logic."""
