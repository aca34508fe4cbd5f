"""Issuing: one signed ticket per paid line, and its death when the line is refunded."""
