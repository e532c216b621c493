"""Derived fields: functions in sequence that make a field of others, one file each."""
