"""The payment service: attempts, refunds, the ledger and the provider's webhooks."""
