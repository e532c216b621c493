"""Files: an external audience as CSV, one file per chunk."""
