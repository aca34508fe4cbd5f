"""Tests of backend/movies."""
