"""WordprocessingML that python-docx has no names for: fields, shading, borders, runs of two directions.

Element names follow ECMA-376 part 1, chapter 17.
"""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from donovan.reports.export.text import by_direction

# The order in which the schema wants the children; Word calls a document damaged that has another.
_ORDER = {
    "pPr": (
        *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr"),
        *("suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap"),
        *("overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd"),
        *("snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc"),
        *("textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr"),
        *("sectPr", "pPrChange"),
    ),
    "tblPr": (
        *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize"),
        *("tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar"),
        *("tblLook", "tblCaption", "tblDescription", "tblPrChange"),
    ),
    "settings": ("footnotePr", "endnotePr", "compat", "docVars", "rsids"),
}


def put(parent: Any, child: Any) -> None:
    """Add a child where the schema wants it."""
    order = _ORDER[_name(parent)]
    later = set(order[order.index(_name(child)) + 1 :])
    for sibling in parent:
        if _name(sibling) in later or (_name(parent) == "settings" and _name(sibling) in _AFTER_COMPAT):
            sibling.addprevious(child)
            return
    parent.append(child)


_AFTER_COMPAT = frozenset({"rsids", "mathPr", "themeFontLang", "clrSchemeMapping", "shapeDefaults"})


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def element(name: str, /, **attributes: object) -> Any:
    """An element such as `w:shd` with attributes of the same namespace; `_` in a name stands for nothing."""
    made = OxmlElement(name)
    prefix = name.split(":", maxsplit=1)[0]
    for attribute, value in attributes.items():
        made.set(qn(f"{prefix}:{attribute.rstrip('_')}"), str(value))
    return made


def add_text(paragraph: Paragraph, text: str, style: str | None = None) -> list[Run]:
    """The text as runs, those written from right to left marked as such."""
    runs = []
    for stretch, is_right_to_left in by_direction(text):
        run = paragraph.add_run(stretch, style=style)
        if is_right_to_left:
            run._r.get_or_add_rPr().append(element("w:rtl"))
        runs.append(run)
    return runs


def add_field(paragraph: Paragraph, instruction: str, result: str, style: str | None = None) -> None:
    """A field with the result that stands until the program that opens the file computes it again."""
    parts: list[Any] = [element("w:fldChar", fldCharType="begin")]
    words = element("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    parts += [words, element("w:fldChar", fldCharType="separate")]
    for part in parts:
        paragraph.add_run(style=style)._r.append(part)
    paragraph.add_run(result, style=style)
    paragraph.add_run(style=style)._r.append(element("w:fldChar", fldCharType="end"))


def shade(properties: Any, ground: str) -> None:
    """Give paragraph properties a ground of six hexadecimal digits."""
    put(properties, element("w:shd", val="clear", color="auto", fill=ground))


def border(properties: Any, **sides: tuple[int, str]) -> None:
    """Borders of a paragraph by side as (eighths of a point, colour)."""
    borders = element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            width, colour = sides[side]
            borders.append(element(f"w:{side}", val="single", sz=width, color=colour, space=4))
    put(properties, borders)


def describe(picture: Any, title: str, words: str, number: int) -> None:
    """The words of a picture for who hears the document; `picture` is what add_picture returned."""
    properties = picture._inline.docPr
    properties.set("id", str(number))
    properties.set("name", title)
    properties.set("descr", words)
    properties.set("title", title)
