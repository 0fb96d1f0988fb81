"""What the campaign changes in the product: how long a lease is, and how much a suite measures."""

import os
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig

from ingest.work import registry

LEASE = timedelta(seconds=8)
MATERIAL_VARIABLE = "DONOVAN_BENCH_KILLS_MATERIAL"


class KillingConfig(AppConfig):
    name = "tests.benchmarks.killing"
    label = "killing"

    def ready(self) -> None:
        """Comes after every room has registered its kinds."""
        for kind in registry.known():
            registry.register(replace(kind, lease=LEASE))
        if MATERIAL_VARIABLE in os.environ:
            import_module("tests.benchmarks.killing.material").use(os.environ[MATERIAL_VARIABLE])
