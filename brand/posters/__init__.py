"""A poster for each film of the demo, drawn by our own code."""
