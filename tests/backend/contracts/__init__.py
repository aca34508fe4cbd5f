"""Tests of backend/contracts."""
