"""Tests of backend/onebox/demo."""
