"""Where things are: coordinates in every notation of the field, and maps drawn without a network."""
