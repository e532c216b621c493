"""Formulas of calculated metrics: text, tree, functions, and their evaluation on the columns of a report."""
