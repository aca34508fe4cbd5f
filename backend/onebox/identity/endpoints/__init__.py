"""What the provider answers over HTTP, one module per conversation."""
