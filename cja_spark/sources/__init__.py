"""Sources: which items a dataset has, and how they are read."""
