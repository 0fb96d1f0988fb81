"""What a paragraph of a Word file says today: what was inserted, without what was deleted or moved away.

What Word hides is kept and called hidden; fields to fill in say what was chosen or ticked; equations are
written in a line.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from docx.oxml.ns import qn

MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WORD_2010: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_COMPATIBILITY: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

TICKED, OPEN = "☒", "☐"
_GONE: Final = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), qn("w:pPr"), f"{_COMPATIBILITY}Fallback"}
_SIGNS: Final = {
    "F0FE": TICKED, "F0FD": TICKED, "F0FC": "✓", "F0A8": OPEN, "F06F": OPEN, "F0B7": "•", "F0A7": "▪",
    "F0E0": "→", "F0D8": "➢",
}  # fmt: skip
"""What the fonts Wingdings and Symbol draw in these places."""
_HIDDEN = re.compile("\x01([^\x01\x02]*)\x02")


def text_of(element: Any) -> str:
    """The text of one paragraph: tabs and breaks kept, a page break as a form feed."""
    text = "".join(_said(element))
    text = re.sub("\x02(\\s*)\x01", r"\1", text)
    text = _HIDDEN.sub(lambda found: f"[hidden: {found[1].strip()}]" if found[1].strip() else found[1], text)
    return re.sub(r"\f[\s\f]*\f", "\f", text)


def rows_of(table: Any) -> Iterator[Any]:
    """The rows of a table, those inside content controls too, and none that was deleted."""
    for child in table.iterchildren():
        if child.tag == qn("w:tr"):
            properties = child.find(qn("w:trPr"))
            if properties is None or properties.find(qn("w:del")) is None:
                yield child
        elif child.tag not in _GONE:
            yield from rows_of(_inside(child))


def cells_of(row: Any) -> Iterator[Any]:
    """The cells of a row, those inside content controls too."""
    for child in row.iterchildren():
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag not in _GONE:
            yield from cells_of(_inside(child))


def paragraphs_of(cell: Any) -> Iterator[Any]:
    """The paragraphs of a cell in order, those of tables inside it too."""
    for paragraph in cell.iter(qn("w:p")):
        if not any(above.tag in _GONE for above in paragraph.iterancestors()):
            yield paragraph


def _inside(element: Any) -> Any:
    content = element.find(qn("w:sdtContent"))
    return element if content is None else content


def _said(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        tag = child.tag
        if not isinstance(tag, str):
            continue
        if tag in _GONE:
            if tag == qn("w:pPr") and _is_on(child.find(qn("w:pageBreakBefore"))):
                yield "\f"
        elif tag == qn("w:r"):
            yield from _run(child)
        elif tag == qn("w:sdt"):
            yield from _control(child)
        elif tag.startswith(MATH):
            yield _formula(child)
        else:
            yield from _said(child)


def _run(run: Any) -> Iterator[str]:
    properties = run.find(qn("w:rPr"))
    is_hidden = properties is not None and _is_on(properties.find(qn("w:vanish")))
    said = "".join(_in_run(run))
    yield f"\x01{said}\x02" if is_hidden and said else said


def _in_run(run: Any) -> Iterator[str]:
    for child in run.iterchildren():
        tag = child.tag
        if not isinstance(tag, str):
            continue
        if tag in {qn("w:t"), f"{MATH}t"}:
            yield child.text or ""
        elif tag == qn("w:tab"):
            yield "\t"
        elif tag == qn("w:br"):
            yield "\f" if child.get(qn("w:type")) == "page" else "\n"
        elif tag == qn("w:cr"):
            yield "\n"
        elif tag == qn("w:noBreakHyphen"):
            yield "-"
        elif tag == qn("w:lastRenderedPageBreak"):
            yield "\f"
        elif tag == qn("w:sym"):
            yield _SIGNS.get(str(child.get(qn("w:char"))).upper(), "")
        elif tag == qn("w:fldChar"):
            yield from _field(child)
        elif tag == f"{_COMPATIBILITY}AlternateContent":
            yield from _said(child)


def _field(mark: Any) -> Iterator[str]:
    """What is chosen or ticked in a field of the older kind; what is typed into one stands as text anyway."""
    for box in mark.iter(qn("w:checkBox")):
        state = box.find(qn("w:checked"))
        yield TICKED if _is_on(box.find(qn("w:default")) if state is None else state) else OPEN
    for choice in mark.iter(qn("w:ddList")):
        options = [option.get(qn("w:val")) or "" for option in choice.iter(qn("w:listEntry"))]
        chosen = choice.find(qn("w:result"))
        if chosen is None:
            chosen = choice.find(qn("w:default"))
        number = str(chosen.get(qn("w:val"))) if chosen is not None else "0"
        if number.isdigit() and int(number) < len(options):
            yield options[int(number)]


def _control(control: Any) -> Iterator[str]:
    """A content control in a line: what stands in it; of a tick box its state, whatever it is drawn with."""
    box = control.find(f"{qn('w:sdtPr')}/{_WORD_2010}checkbox")
    if box is not None:
        state = box.find(f"{_WORD_2010}checked")
        yield TICKED if state is not None and state.get(f"{_WORD_2010}val") in {"1", "true"} else OPEN
        return
    content = control.find(qn("w:sdtContent"))
    if content is not None:
        yield from _said(content)


def _formula(element: Any) -> str:
    """An equation in a line: a fraction as (a)/(b), powers and indices with ^ and _, roots as √(x)."""
    name = element.tag.removeprefix(MATH)
    parts = {child.tag.removeprefix(MATH): child for child in element.iterchildren()}
    inner = {key: _formulas(part) for key, part in parts.items()}
    if name == "f" and {"num", "den"} <= inner.keys():
        return f"{_bracketed(inner['num'])}/{_bracketed(inner['den'])}"
    if name == "rad":
        return f"√({inner.get('e', '')})"
    if name in {"sSup", "sSub", "sSubSup"}:
        low = f"_{_bracketed(inner['sub'])}" if "sub" in inner else ""
        high = f"^{_bracketed(inner['sup'])}" if "sup" in inner else ""
        return f"{inner.get('e', '')}{low}{high}"
    return _formulas(element)


def _formulas(element: Any) -> str:
    if element.tag == f"{MATH}t":
        return str(element.text or "")
    return "".join(_formula(child) for child in element.iterchildren() if isinstance(child.tag, str))


def _bracketed(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val")) not in {"0", "false", "off"}
