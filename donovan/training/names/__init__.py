"""The recipe of the tagger of names: which public sets it learns from, its training, what it reached."""
