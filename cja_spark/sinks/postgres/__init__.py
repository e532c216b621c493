"""PostgreSQL as a profile store: every chunk is one transaction, which holds its ledger row too (publishing.md 5.3)."""
