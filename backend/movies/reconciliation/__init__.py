"""Whether orders, their seats and their tickets agree."""
