"""A stateful stand-in for the card provider: the same API, hosted page and webhooks, no money."""
