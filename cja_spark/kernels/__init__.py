"""Kernels: pure functions over arrays of events in the order of their persons."""
