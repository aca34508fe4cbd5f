"""Tests of backend/kit/tokens."""
