"""What is compared in the benchmark of markings, in a process with the product's settings. Prints JSON."""

import json
import sys

import django

django.setup()

from tests.access.banner_lines import held_and_read  # noqa: E402
from tests.access.rolling import compared  # noqa: E402

if __name__ == "__main__":
    reasons, unexplained = compared(int(sys.argv[1]), seed=97)
    lines = held_and_read()
    print(
        json.dumps(
            {
                "reasons": dict(sorted(reasons.items())),
                "unexplained": unexplained[:20],
                "unexplained_count": len(unexplained),
                "lines": lines.total,
                "read": lines.read,
                "held": lines.held,
                "wrong": lines.wrong,
            }
        )
    )
