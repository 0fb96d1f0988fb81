"""What runs, waits and failed, for whoever looks after the installation."""

from django.db.models import Count, QuerySet

from ingest.work.models import Job

_ORDER = {"waiting": ("rank", "created_at"), "running": ("started_at",)}


def jobs_in(state: str) -> QuerySet[Job]:
    """Jobs of a state: where they wait the next one first, where they run the oldest, else the newest."""
    return Job.objects.filter(state=state).order_by(*_ORDER.get(state, ("-finished_at",)), "pk")


def counts() -> dict[str, int]:
    """By state how many jobs there are."""
    rows = Job.objects.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
