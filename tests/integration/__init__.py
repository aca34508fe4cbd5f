"""Tests across services on the embedded database."""
