#!/bin/sh
# pdfium: the text of a page holds the layers that are switched off; its picture does not.
#
# A good engineer would guess: text and picture of a page come from one engine in one state, so that a layer (optional
#   content group) that the file switches off is in neither.
# What happens: rendering leaves the layer out, FPDFText gives its words among the others with nothing to tell them by.
# Versions: pypdfium2 5.15.2.
# Why it matters here: drawings, maps and forms in two languages keep drafts and earlier states on such layers. A search
#   then quotes words that no reader of the page can see, and a withdrawn statement stands beside the one in force.
# How Donovan goes round it: ingest/readers/pdf_objects.py knows by the content marks which texts are on a layer, and leaves
#   out those of which the drawn page shows nothing; that they were left out is told with the document (ingest/errors.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --target "$work/packages" pypdfium2==5.15.2; then
    echo "The packages could not be installed."
    exit 2
fi
PYTHONPATH="$work/packages" python3 - <<'PY'
import sys
from importlib.metadata import version

import pypdfium2 as pdfium

content = (
    b"BT /F1 18 Tf 20 150 Td (In force: bridge open) Tj ET\n"
    b"/OC /Draft BDC BT /F1 18 Tf 20 50 Td (Draft: bridge closed) Tj ET EMC"
)
objects = [
    b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] /Order [6 0 R] >> >> >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> /Properties << /Draft 6 0 R >> >> >>",
    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    b"<< /Type /OCG /Name (Draft) >>",
]
file, places = b"%PDF-1.7\n", []
for number, written in enumerate(objects, 1):
    places.append(len(file))
    file += b"%d 0 obj\n%s\nendobj\n" % (number, written)
start = len(file)
file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
file += b"".join(b"%010d 00000 n \n" % place for place in places)
file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)

page = pdfium.PdfDocument(file)[0]
text = page.get_textpage().get_text_range()
picture = page.render(grayscale=True)
grey = bytes(picture.buffer)
half = picture.stride * picture.height // 2
above, below = (sum(value < 128 for value in part) for part in (grey[:half], grey[half:]))
print(f"pypdfium2 {version('pypdfium2')}")
print("expected: the words of the layer that is off are neither drawn nor in the text")
print(f"seen:     dark dots of the line in force {above}, of the draft {below}; text {text!r}")
is_so = above > 0 and below == 0 and "Draft: bridge closed" in text
print("as described" if is_so else "no longer as described")
sys.exit(0 if is_so else 1)
PY
