"""Tests of order look-up."""
