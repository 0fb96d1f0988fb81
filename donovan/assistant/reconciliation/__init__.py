"""Bringing evidence together: which statement stands, as of when, what it supersedes, and where the sources
disagree.

    spans that answer -> accounts (value, day, speaker, version) -> copies joined -> corrections, versions,
    plans, running counts and newer states told apart -> what still differs is a disagreement
"""
