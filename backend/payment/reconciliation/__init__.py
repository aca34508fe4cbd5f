"""Whether the provider's figures and ours are the same."""
