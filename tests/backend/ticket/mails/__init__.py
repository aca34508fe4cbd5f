"""Tests of ticket's mails."""
