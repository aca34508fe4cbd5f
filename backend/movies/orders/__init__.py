"""Orders: held, paid, issued, refunded."""
