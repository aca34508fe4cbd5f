"""Who a browser belongs to: people who signed in, kept in the cache, and guests otherwise."""
