"""Cinemas: name, zone, currency, seller and business day."""
