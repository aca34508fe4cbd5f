"""Tests of cinemas."""
