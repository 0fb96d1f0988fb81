"""Measurements: each prints what it found beside what it is to reach. None is a test that fails by time."""
