"""Tests of backend/payment."""
