"""Ways to tamper with the record and its checkpoints, for somebody who holds both and not the key."""

import random
from pathlib import Path

from django.conf import settings
from django.db import connection

from donovan.audit.models import AuditRecord
from donovan.audit.services import record
from donovan.audit.verification import verify_chain

COLUMNS = ("actor", "action", "outcome", "source", "seal", "at", "labels", "documents", "detail")
RECORDS = 14


class Campaign:
    """An honest record, and what can be done to it. `attempt` tampers once, and puts it back."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        for number in range(RECORDS):
            record(
                "ana", "view", labels=["relief:CUI"], documents=[f"document-{number}"], detail={"n": number}
            )
        self.folder = Path(settings.CHECKPOINT_DIR)
        self._rows = list(AuditRecord.objects.order_by("sequence"))
        self._files = {path: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        self.ways = {name[4:]: getattr(self, name) for name in dir(self) if name.startswith("way_")}

    def attempt(self, way: str) -> bool:
        """Whether verifying found it."""
        self.ways[way]()
        try:
            return not verify_chain().is_intact
        finally:
            self.restore()

    def restore(self) -> None:
        _raw("DELETE FROM audit_auditrecord")
        AuditRecord.objects.bulk_create(self._rows)
        for path in self.folder.iterdir():
            if path not in self._files:
                path.unlink()
        for path, data in self._files.items():
            path.write_bytes(data)

    def _some(self) -> int:
        return self.chance.randint(1, RECORDS)

    def _lines(self, keep: "slice | None" = None, without: int = 0) -> None:
        (path,) = self.folder.glob("audit-*.jsonl")
        lines = path.read_bytes().splitlines(keepends=True)
        lines = lines[keep] if keep is not None else lines
        path.write_bytes(b"".join(line for n, line in enumerate(lines, 1) if n != without))

    def way_edit(self) -> None:
        column = self.chance.choice(COLUMNS)
        value = "2001-01-01 00:00:00" if column == "at" else f'"x{self.chance.randrange(10**9)}"'
        _raw(f"UPDATE audit_auditrecord SET {column} = %s WHERE sequence = %s", value, self._some())

    def way_delete(self) -> None:
        _raw("DELETE FROM audit_auditrecord WHERE sequence = %s", self._some())

    def way_delete_with_its_line(self) -> None:
        victim = self._some()
        _raw("DELETE FROM audit_auditrecord WHERE sequence = %s", victim)
        self._lines(without=victim)

    def way_cut(self) -> None:
        _raw("DELETE FROM audit_auditrecord WHERE sequence >= %s", self._some())

    def way_cut_with_its_lines(self) -> None:
        victim = self._some()
        _raw("DELETE FROM audit_auditrecord WHERE sequence >= %s", victim)
        self._lines(slice(0, victim - 1))

    def way_cut_with_its_lines_and_write_on(self) -> None:
        self.way_cut_with_its_lines()
        for _ in range(self.chance.randint(1, 2 * RECORDS)):
            record("eve", "view")

    def way_cut_with_lines_and_without_head(self) -> None:
        self.way_cut_with_its_lines()
        (self.folder / "audit.head").unlink()

    def way_cut_and_make_a_head_of_a_line(self) -> None:
        victim = self.chance.randint(2, RECORDS)
        _raw("DELETE FROM audit_auditrecord WHERE sequence >= %s", victim)
        self._lines(slice(0, victim - 1))
        (path,) = self.folder.glob("audit-*.jsonl")
        (self.folder / "audit.head").write_bytes(path.read_bytes().splitlines()[-1])

    def way_empty(self) -> None:
        _raw("DELETE FROM audit_auditrecord")

    def way_empty_with_all_lines(self) -> None:
        self.way_empty()
        self._lines(slice(0, 0))

    def way_empty_with_all_but_the_genesis(self) -> None:
        self.way_empty()
        for path in self.folder.iterdir():
            if path.name != "audit.genesis":
                path.unlink()

    def way_remove_all_checkpoints(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def way_remove_all_checkpoints_and_write_on(self) -> None:
        self.way_remove_all_checkpoints()
        record("eve", "view")

    def way_swap(self) -> None:
        one = self._some()
        other = one % RECORDS + 1
        for new, old in ((9999, one), (one, other), (other, 9999)):
            _raw("UPDATE audit_auditrecord SET sequence = %s WHERE sequence = %s", new, old)

    def way_insert_before_the_first(self) -> None:
        self._insert(0)

    def way_insert_after_the_last(self) -> None:
        self._insert(RECORDS + self.chance.randint(1, 3))

    def way_lose_a_line(self) -> None:
        self._lines(without=self._some())

    def way_lose_the_last_lines(self) -> None:
        self._lines(slice(0, RECORDS - self._some()))

    def way_forge_a_line(self) -> None:
        (path,) = self.folder.glob("audit-*.jsonl")
        text = bytearray(path.read_bytes())
        place = text.find(b'"seal":"') + 8
        text[place] = ord("0") if text[place] != ord("0") else ord("1")
        path.write_bytes(text)

    def way_forge_the_head(self) -> None:
        path = self.folder / "audit.head"
        path.write_text(path.read_text().replace(str(RECORDS), str(self.chance.randint(1, RECORDS - 1)), 1))

    def way_lose_the_head(self) -> None:
        (self.folder / "audit.head").unlink()

    def way_lose_the_genesis(self) -> None:
        (self.folder / "audit.genesis").unlink()

    def way_move_the_genesis(self) -> None:
        path = self.folder / "audit.genesis"
        path.write_text(path.read_text().replace('"sequence": 1', f'"sequence": {RECORDS + 1}'))

    def _insert(self, sequence: int) -> None:
        row = AuditRecord.objects.get(sequence=self._some())
        row.sequence = sequence
        row.save(force_insert=True)


def _raw(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
