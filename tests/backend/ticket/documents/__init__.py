"""Tests of ticket's documents."""
