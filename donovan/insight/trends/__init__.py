"""Counts and measures over time, each against its own past."""
