"""Tests of backend/ticket."""
