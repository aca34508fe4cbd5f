"""Tests of backend/kit."""
