"""Attempts to pay an order at the provider's hosted page."""
