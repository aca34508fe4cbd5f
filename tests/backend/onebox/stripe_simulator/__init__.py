"""Tests of the card simulator, driven by the provider's own SDK."""
