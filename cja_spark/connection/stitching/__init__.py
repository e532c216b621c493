"""Stitching: which person each event of a dataset belongs to."""
