"""Reaching people: text messages and mails, taken from the outbox."""
