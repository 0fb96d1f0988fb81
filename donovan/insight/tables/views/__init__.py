"""Pages of tables: the list, one table as a grid, its profile, and asking it."""
