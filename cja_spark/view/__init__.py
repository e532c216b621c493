"""What a data view means: dimensions, metrics, segments, sessions, the calendar."""
