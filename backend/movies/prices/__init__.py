"""Ticket types and price cards."""
