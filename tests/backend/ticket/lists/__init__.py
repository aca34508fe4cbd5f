"""Tests of ticket's lists."""
