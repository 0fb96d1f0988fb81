"""Forms that exist only as XML inside a PDF (dynamic XFA): what was filled in, as "label: value" lines.

Their page says "Please wait..."; it is no part of the document. The labels come from the template where it
names them.
"""

import re
from collections.abc import Iterator
from ctypes import byref, c_ulong, create_string_buffer
from xml.etree.ElementTree import Element, ParseError

import pypdfium2
import pypdfium2.raw as pdfium
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest import limits
from ingest.protocol import clean

_MOST_PACKETS = 100
_MOST_BYTES = 16 * limits.MEGABYTE
_MOST_LINES = 20_000
_PACKET = r"<(?:[\w.-]+:)?{name}[\s>].*</(?:[\w.-]+:)?{name}\s*>"


def is_dynamic(document: pypdfium2.PdfDocument) -> bool:
    """Whether the pages of the PDF only stand in for a form that a program would build from XML."""
    return bool(pdfium.FPDF_GetFormType(document.raw) == pdfium.FORMTYPE_XFA_FULL)


def filled_in(document: pypdfium2.PdfDocument) -> list[str]:
    """What was filled in, line by line; an empty line divides groups. Nothing where it cannot be read."""
    packets = _packets(document)
    captions = _captions(_parsed(packets, "template"))
    data = _parsed(packets, "datasets")
    if data is None:
        return []
    inner = next((item for item in data.iter() if _local(item) == "data"), data)
    return list(_lines(inner, captions))[:_MOST_LINES]


def _packets(document: pypdfium2.PdfDocument) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    size = c_ulong()
    for index in range(min(_MOST_PACKETS, pdfium.FPDF_GetXFAPacketCount(document.raw))):
        length = int(pdfium.FPDF_GetXFAPacketName(document.raw, index, None, 0))
        if not 0 < length < 1000:
            continue
        name = create_string_buffer(length)
        pdfium.FPDF_GetXFAPacketName(document.raw, index, name, length)
        if not pdfium.FPDF_GetXFAPacketContent(document.raw, index, None, 0, byref(size)):
            continue
        if not 0 < size.value <= _MOST_BYTES:
            continue
        content = create_string_buffer(size.value)
        pdfium.FPDF_GetXFAPacketContent(document.raw, index, content, size.value, byref(size))
        found[name.value.decode("utf-8", "replace")] = content.raw
    return found


def _parsed(packets: dict[str, bytes], name: str) -> Element | None:
    """One packet as XML, by its own name or cut out of a form that is stored in one piece."""
    content = packets.get(name)
    if content is None:
        pattern = re.compile(_PACKET.format(name=name).encode(), re.DOTALL)
        match = next((found for value in packets.values() if (found := pattern.search(value))), None)
        content = match.group() if match else None
    if not content:
        return None
    for text in (content.strip(), _declared(content.strip())):
        try:
            root: Element = fromstring(text)
            return root
        except (ParseError, DefusedXmlException, ValueError):
            continue
    return None


def _declared(content: bytes) -> bytes:
    """The packet in an element that declares the prefixes which stand on the element around it."""
    content = re.sub(rb"<\?xml.*?\?>", b"", content)
    prefixes = sorted(set(re.findall(rb"[<\s/]([A-Za-z][\w.-]*):[\w.-]+[\s=>/]", content)))[:50]
    names = b"".join(b' xmlns:%s="urn:%s"' % (name, name) for name in prefixes if name != b"xmlns")
    return b"<wrap%s>%s</wrap>" % (names, content)


def _local(item: Element) -> str:
    return item.tag.rsplit("}", 1)[-1].rsplit(":", 1)[-1] if isinstance(item.tag, str) else ""


def _captions(template: Element | None) -> dict[str, str]:
    """Field names with the captions printed at them."""
    found: dict[str, str] = {}
    if template is None:
        return found
    for item in template.iter():
        name = item.get("name", "")
        if _local(item) in ("field", "exclGroup") and name and name not in found:
            caption = next((child for child in item if _local(child) == "caption"), None)
            words = _flat(" ".join(caption.itertext())) if caption is not None else ""
            if words:
                found[name] = words[:200]
    return found


def _lines(data: Element, captions: dict[str, str]) -> Iterator[str]:
    """Every element that holds text, in order, with an empty line between groups."""
    stack: list[tuple[Element, int]] = [(data, 0)]
    was_written = False
    while stack:
        item, depth = stack.pop()
        children = [child for child in item if isinstance(child.tag, str)]
        text = _flat(item.text or "")
        if (item is not data and text and not children) or (children and _is_rich(children)):
            value = _flat(" ".join(item.itertext()))
            if value:
                name = _local(item)
                yield f"{captions.get(name, _spoken(name)).rstrip(': ')}: {value}"
                was_written = True
            continue
        if children and was_written and depth > 1:
            yield ""
            was_written = False
        if depth < limits.MARKUP_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(children))


def _is_rich(children: list[Element]) -> bool:
    """Whether the children are text with marks (XHTML) and no fields of their own."""
    return _local(children[0]) == "body" and "xhtml" in children[0].tag


def _spoken(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return (words[:1].upper() + words[1:].lower()) if words else "Value"


def _flat(text: str) -> str:
    return " ".join(clean(text).split())
