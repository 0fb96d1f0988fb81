"""What waits for a reviewer because it bears a higher marking than it came with, for the operator."""

from typing import Any

from django.core.management.base import BaseCommand

from donovan.library.selectors import held_anywhere


class Command(BaseCommand):
    help = "List what is held for a reviewer, and say of each whether any reviewer may decide it."

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = held_anywhere()
        for document, marking, reviewers in waiting:
            who = ", ".join(reviewers) if reviewers else "NOBODY may decide it: clear a reviewer for it"
            received = f"{document.received_at:%Y-%m-%d %H:%M}"
            self.stdout.write(f"{document.pk}  {received}  {marking}  {who}")
        self.stdout.write(f"{len(waiting)} held.")
