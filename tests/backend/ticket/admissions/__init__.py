"""Tests of ticket's admissions."""
