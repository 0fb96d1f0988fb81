"""A table as raw text on its way in: stretches of rows laid down as Parquet, the first rows kept at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HEAD_ROWS = 60
HIDDEN = "_hidden"
"""The column of a file that says which rows the source does not show."""
_JOINED_ROWS = 5000
Row = tuple[int, list[str]]


@dataclass
class Grid:
    """The raw cells of one table. Column number c is called `c<c>` in the files; `_row` is the source's row.

    `head` holds the first rows; `header_rows` is how many rows at the top hold titles, -1 where that has to
    be found out. `hidden_columns` are indexes of columns that the source does not show; a stretch with hidden
    rows has a column `_hidden`.
    """

    folder: Path
    name: str
    kind: str
    page: int | None = None
    header_rows: int = -1
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: int = 0
    width: int = 0
    row_count: int = 0
    head: list[Row] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def add(
        self, numbers: Sequence[int], columns: Sequence[Sequence[str]], hidden: frozenset[int] = frozenset()
    ) -> None:
        """Lay down a stretch of rows, given by columns; `hidden` are the numbers of hidden rows."""
        missing = HEAD_ROWS - len(self.head)
        if missing > 0:
            rows = zip(*(column[:missing] for column in columns), strict=True)
            self.head.extend((number, list(row)) for number, row in zip(numbers, rows, strict=False))
        self.width = max(self.width, len(columns))
        self.row_count += len(numbers)
        names = ["_row", *(f"c{index}" for index in range(len(columns)))]
        arrays = [pa.array(numbers, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
        if hidden:
            self.hidden_rows += len(hidden)
            names.append(HIDDEN)
            arrays.append(pa.array([number in hidden for number in numbers], pa.bool_()))
        path = self.folder / f"stretch-{len(self.files):05d}.parquet"
        pq.write_table(pa.table(arrays, names=names), path, compression="lz4")
        self.files.append(path)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Lay down a few rows; short ones are filled up with empty cells."""
        width = max((len(cells) for _, cells in rows), default=0)
        if width:
            filled = [[*cells, *[""] * (width - len(cells))] for _, cells in rows]
            self.add([number for number, _ in rows], [list(column) for column in zip(*filled, strict=True)])


def side_by_side(parts: Sequence[Path], target: Path) -> None:
    """Join files with the columns of the same rows into one, a stretch of rows at a time."""
    files = [pq.ParquetFile(part) for part in parts]
    streams = [file.iter_batches(batch_size=_JOINED_ROWS) for file in files]
    held = [pa.table({}) for _ in files]
    fields = [field for file in files for field in file.schema_arrow]
    left = files[0].metadata.num_rows
    with pq.ParquetWriter(target, pa.schema(fields), compression="zstd") as out:
        while left > 0:
            for place, stream in enumerate(streams):
                if held[place].num_rows == 0:
                    held[place] = pa.Table.from_batches([next(stream)])
            count = min(table.num_rows for table in held)
            columns = [column for table in held for column in table.slice(0, count).columns]
            out.write_table(pa.table(columns, schema=pa.schema(fields)))
            held = [table.slice(count) for table in held]
            left -= count
