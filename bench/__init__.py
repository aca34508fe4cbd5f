"""Measures the cinema against the limits of the machine it runs on: `make bench`."""
