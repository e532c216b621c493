"""Journeys: one row per person and period, built from events, read by Arrow, computed on by kernels."""
