"""The tables that were found in documents. Who may read one is decided by its document, never by a copy
here.
"""

import uuid
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from donovan.insight.tables import storage


class DataTable(models.Model):
    """One table: what its columns are, how many rows it has, and the Parquet that holds them.

    `columns` is a list of {"name", "title", "type", "unit", "filled", "missing", "misfits", "raw", "note"},
    and where it applies "hidden" (the file hides the column), "mark" (the column was added, to mark hidden
    rows) and "mixed" (units of a text column that do not go together):
    `name` is a unique identifier for SQL, `title` stands in the file, `type` is one of integer, decimal,
    date, datetime, time, boolean and text; `misfits` counts the cells whose text is no such value (NULL in
    the typed column, kept as raw text); `raw` says whether the raw texts have a column of their own in the
    Parquet. `header_row` is the 1-based row of the source that holds the titles (its last, where there are
    several; 0 for none); `total_rows` are the `_row` numbers that look like sums of the rows above them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="tables")
    ordinal = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    page = models.PositiveIntegerField(null=True, blank=True)
    columns = models.JSONField(default=list)
    row_count = models.PositiveBigIntegerField(default=0)
    header_row = models.PositiveBigIntegerField(default=0)
    total_rows = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    path = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    profile = models.JSONField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["document_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["document", "ordinal"], name="one_table_per_document_and_ordinal")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hidden_rows(self) -> str:
        """The SQL name of the column that marks rows which the file hides; "" where it hides none."""
        return next((str(column["name"]) for column in self.columns if column.get("mark")), "")

    def column(self, name: str) -> dict[str, Any] | None:
        """The column with this SQL name, or None."""
        return next((column for column in self.columns if column["name"] == name), None)


@receiver(post_delete, sender=DataTable)
def _erase_file(sender: type[DataTable], instance: DataTable, **_: object) -> None:
    """A table that goes, alone or with its document, takes its file along once that is certain."""
    transaction.on_commit(lambda: storage.erase(instance.path))
