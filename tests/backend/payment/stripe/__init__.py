"""Tests of stripe."""
