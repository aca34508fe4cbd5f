"""Screenings, and the programme that they make."""
