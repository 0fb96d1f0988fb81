"""Pages of entities: lists, profiles, who appears with whom, the timeline and the map."""
