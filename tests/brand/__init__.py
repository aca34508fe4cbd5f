"""Tests of brand."""
