"""Any count or measure over time, by group, against its own past."""
