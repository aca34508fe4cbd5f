"""Tests of ticket's issuing."""
