"""Tests of the small OpenID provider."""
