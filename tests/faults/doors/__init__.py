"""At the door: forged tickets, and one ticket shown at several doors at once."""
