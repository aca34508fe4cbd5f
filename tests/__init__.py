"""Tests mirror the roots."""
