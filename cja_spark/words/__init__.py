"""What a view says, in plain words."""
