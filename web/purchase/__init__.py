"""The rules of the purchase's pages: pure, without a request and without a service."""
