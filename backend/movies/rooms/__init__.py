"""Rooms and the versions of their layouts."""
