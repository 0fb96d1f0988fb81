"""Records in PostgreSQL, where one machine is outgrown: Django's own backend, with one writer at a time."""
