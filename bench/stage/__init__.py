"""The cinema that is measured: the onebox as users have it, with halls and people of its own."""
