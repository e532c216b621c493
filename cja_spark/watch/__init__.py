"""Watching audiences and sinks: how they stand, what is wrong and what to do, for people and for monitors."""
