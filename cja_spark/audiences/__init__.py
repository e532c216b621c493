"""Audiences: who belongs, what changed, and the outbox that every destination follows. Start with `publish`."""
