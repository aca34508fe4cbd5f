"""Mails: what buyers are told, recorded with its cause and sent in the background."""
