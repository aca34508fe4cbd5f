"""Tests of brand/posters."""
