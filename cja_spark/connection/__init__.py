"""The connection: which datasets there are, how their rows become events, profiles and lookups."""
