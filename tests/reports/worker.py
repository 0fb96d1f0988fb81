"""A worker in a process of its own that makes one report and may be killed: `worker.py DATABASE INDEX
REPORT`.
"""

import os
import sys
import uuid
from pathlib import Path

import django


def main(database: str, index: str, report: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "donovan.settings"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.INDEX_DIR = Path(index)
    django.setup()
    from donovan.llm import using
    from donovan.llm.scripted import ScriptedModel
    from donovan.reports import jobs

    with using(ScriptedModel([""] * 40)):
        jobs.run_report(uuid.UUID(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
