"""Tests of backend/onebox."""
