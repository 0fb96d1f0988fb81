"""The campaign of `tests.benchmarks.record`, in a data folder of its own."""

import json
import sys
from collections import Counter

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from donovan.audit.verification import verify_chain  # noqa: E402
from tests.audit.tampering import Campaign  # noqa: E402


def main(count: int) -> None:
    """Prints what came of it as JSON."""
    call_command("migrate", verbosity=0)
    campaign = Campaign(seed=5)
    names = sorted(campaign.ways)
    missed: Counter[str] = Counter()
    accused = 0
    for number in range(count):
        way = names[number % len(names)]
        missed[way] += not campaign.attempt(way)
        if number % 500 == 0:
            accused += not verify_chain().is_intact
    told = {
        "tried": count,
        "ways": len(names),
        "missed": sum(missed.values()),
        "missed_ways": sorted(way for way in missed if missed[way]),
        "accused": accused,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
