"""python -m tests.benchmarks.killing NUMBER [KIND ...]: so many kills, of these kinds or of all."""

import sys
from importlib import import_module

import django

django.setup()
# Only now can what needs the applications be loaded.
import_module("tests.benchmarks.killing.campaign").main(*sys.argv[1:])
