"""Opens one order for somebody who has its reference and the code that was mailed."""
