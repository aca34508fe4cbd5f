"""Tests of checkouts."""
