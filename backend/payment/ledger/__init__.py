"""Every movement of money, once, for good."""
