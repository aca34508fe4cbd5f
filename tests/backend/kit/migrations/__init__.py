"""Tests of backend/kit/migrations."""
