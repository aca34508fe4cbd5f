"""The ticket service: signed tickets, their documents and mails, and the doors."""
