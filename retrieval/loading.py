"""One model is loaded at a time in a process.

While transformers builds a model, it replaces functions of its own classes and of torch (what ties weights,
what gives parameters their first values) and puts them back afterwards (`transformers.initialization`). Two
loads that overlap put back each other's replacements: from then on nothing in the process ties weights, and a
language model is loaded without the matrix that leads to its words.
"""

import threading

one_at_a_time = threading.Lock()
"""Held while a model is built from its files by sentence-transformers or transformers."""
