"""The data of a report: each of its tables as CSV (RFC 4180, UTF-8 with a signature, all rows and columns).

One table is a .csv file. Several are a .zip with one file for each and README.txt. The first line of every
file is its marking, alone in its cell; the second names the columns.

No cell acts when a spreadsheet opens it: a text that begins like a formula gets an apostrophe before it.
Numbers, and texts that are nothing but a number, stay as they are.
"""

import csv
import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from donovan.reports.content import ReportContent, TableBlock
from donovan.reports.errors import ReportError
from donovan.reports.export.text import cell_text, clean, is_number, looks_like_a_number

# Spreadsheets take these for the start of a formula, also in their full-width forms (OWASP, CSV injection).
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_SIGNATURE = "\ufeff"
_README = """{banner}

Data of the report “{title}”
{status}

{list}

The first line of each file is its marking, the second names the columns. Text that begins like a formula has
an apostrophe before it, so that no spreadsheet runs it; numbers are as they were.

{banner}
"""


def tables_of(content: ReportContent) -> list[TableBlock]:
    """Every table of the report in the order of reading."""
    return [
        block for section in content.sections for block in section.blocks if isinstance(block, TableBlock)
    ]


def write(content: ReportContent) -> bytes:
    """The bytes of the .csv or .zip file. Raises ReportError for a report without a table."""
    tables = tables_of(content)
    if not tables:
        raise ReportError("This report has no table, so there is no data to export. Choose another form.")
    if len(tables) == 1:
        return csv_of(tables[0], _marking(tables[0], content))
    out = io.BytesIO()
    moment = content.created_at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        names = [file_name(table, number) for number, table in enumerate(tables, start=1)]
        for name, table in zip(names, tables, strict=True):
            archive.writestr(zipfile.ZipInfo(name, moment), csv_of(table, _marking(table, content)))
        listed = "\n".join(
            f"{name}: {_marking(table, content)} {clean(table.caption)}, {len(table.rows):,} rows"
            for name, table in zip(names, tables, strict=True)
        )
        readme = _README.format(
            banner=clean(content.banner),
            title=clean(content.title),
            status=clean(content.status_line),
            list=listed,
        )
        archive.writestr(zipfile.ZipInfo("README.txt", moment), readme.encode())
    return out.getvalue()


def csv_of(table: TableBlock, marking: str) -> bytes:
    """One table under its marking."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([marking])
    writer.writerow([_inert(_title(table, name)) for name in table.columns])
    for row in table.rows:
        writer.writerow([_cell(value) for value in row])
    return (_SIGNATURE + out.getvalue()).encode("utf-8", "replace")


def file_name(table: TableBlock, number: int) -> str:
    """A name such as `(S-NF) table-2-deliveries-by-camp.csv`."""
    mark = re.sub(r"[^\w(), -]", "-", clean(table.portion).replace("//", "-")) or "(marking of the report)"
    words = re.sub(r"[^\w]+", "-", clean(table.caption).lower()).strip("-")[:60].strip("-")
    return f"{mark} table-{number}{f'-{words}' if words else ''}.csv"


def _marking(table: TableBlock, content: ReportContent) -> str:
    """The portion mark of a table; the banner of the report where it has none."""
    return clean(table.portion) or clean(content.banner)


def _title(table: TableBlock, name: str) -> str:
    unit = table.units.get(name, "")
    return f"{name} ({unit})" if unit else name


def _cell(value: Any) -> str:
    if is_number(value) or isinstance(value, bool | date | datetime | time) or value is None:
        return cell_text(value)
    return _inert(str(value))


def _inert(text: str) -> str:
    text = "\n".join(clean(line) for line in text.split("\n")).strip("\n")
    if text.lstrip(" '\u00a0\u200b\ufeff").startswith(_ACTIVE) and not looks_like_a_number(text):
        return f"'{text}"
    return text
