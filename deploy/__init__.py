"""Everything that puts Donovan onto a machine: preparation, supervisor, bundle and installation."""
