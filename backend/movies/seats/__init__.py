"""Seats of a screening: claims, the live map, best available, no lone seat."""
