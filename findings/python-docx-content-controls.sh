#!/bin/sh
# python-docx: what stands in a content control is missing, and a table gets shorter without a word.
#
# A good engineer would guess: content controls (w:sdt: drop-down, date picker, "rich text") only decorate; Table.rows,
#   _Row.cells and Paragraph.text give what Word shows.
# What happens: a row, a cell and a run inside a content control are not there. The table below shows four cells in
#   Word; rows and cells give one. A row that lacks a cell is shorter, so columns after it move to the left.
# Versions: python-docx 1.2.0 with lxml 6.1.3.
# Why it matters here: official forms and report templates are built of content controls. What is lost is what was
#   filled in, and a table with moved columns puts a figure under the wrong head.
# How Donovan goes round it: ingest/readers/word.py and ingest/readers/word_text.py walk the elements themselves and
#   step into w:sdtContent wherever it stands.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --target "$work/packages" \
    python-docx==1.2.0 lxml==6.1.3 typing_extensions==4.16.0; then
    echo "The packages could not be installed."
    exit 2
fi
WORK="$work" PYTHONPATH="$work/packages" python3 - <<'PY'
import os
import sys
from importlib.metadata import version
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls


def put_in_control(element: object) -> None:
    """The element moves into a content control that takes its place, as Word writes it."""
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
    element.getparent().replace(element, control)
    control[1].append(element)


made = docx.Document()
table = made.add_table(2, 2)
for row in range(2):
    for column in range(2):
        table.cell(row, column).text = f"row {row} column {column}"
first, second = table._tbl.tr_lst
put_in_control(first.tc_lst[1])
put_in_control(second)
paragraph = made.add_paragraph("Bridge: ")
put_in_control(paragraph.add_run("Orlov")._r)
file = Path(os.environ["WORK"]) / "form.docx"
made.save(file)

read = docx.Document(file)
cells = [[cell.text for cell in row.cells] for row in read.tables[0].rows]
text = read.paragraphs[-1].text
print(f"python-docx {version('python-docx')}, lxml {version('lxml')}")
print("expected: two rows of two cells, and 'Bridge: Orlov'")
print(f"seen:     {cells}, and {text!r}")
is_so = cells == [["row 0 column 0"]] and text == "Bridge: "
print("as described" if is_so else "no longer as described")
sys.exit(0 if is_so else 1)
PY
