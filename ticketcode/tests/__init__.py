"""Tests of the ticket code."""
