"""What the provider tells us by itself."""
