"""Sinks: destinations of audiences. Each follows the outbox with its own ledger."""
