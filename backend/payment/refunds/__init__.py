"""Money given back, by us or in the provider's dashboard."""
