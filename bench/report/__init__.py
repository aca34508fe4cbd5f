"""Turns results into a table at the terminal, a page of the documentation and its charts."""
