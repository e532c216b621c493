"""Erasure: a person's traces leave every table and sink, and do not come back (publishing.md S9; identity.md F16)."""
