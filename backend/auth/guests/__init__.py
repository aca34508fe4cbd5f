"""Visitors without an account: who they are stands in signed tokens, and nowhere else."""
