"""The load generator: a process of its own that costs little, since it shares the machine."""
