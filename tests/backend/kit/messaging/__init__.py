"""Tests of backend/kit/messaging."""
