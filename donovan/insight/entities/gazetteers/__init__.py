"""Word lists and the index of places."""
