"""The mailbox takes every mail and shows it safely."""
