"""Tests of screenings."""
