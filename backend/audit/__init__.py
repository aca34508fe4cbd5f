"""The invariant checker: reads the databases and logs, never the application's answers."""
