"""Tests of the reconciliation of movies."""
