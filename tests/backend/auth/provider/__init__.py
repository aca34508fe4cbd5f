"""Tests of how auth speaks to the provider."""
