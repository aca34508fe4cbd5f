"""Messages between services: outbox, broker port, inbox. Nothing is lost, nothing acts twice."""
