"""Tests of ticket's keys."""
