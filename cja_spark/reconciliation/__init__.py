"""The source system's numbers beside ours, and the cause of each difference."""
