"""Pages of models, candidates and trainings."""
