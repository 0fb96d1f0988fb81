"""Instructions as pages show them: the little of Markdown that an instruction needs, and nothing else.

Headings (#), lists (-, *, 1.), quotations (>), paragraphs, **bold**, *emphasis* and `code`. Everything else
is text. The text is escaped first, so that whatever an owner writes stays words.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_INLINE = (
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
)
_BULLET, _NUMBER = re.compile(r"^\s{0,3}[-*+]\s+"), re.compile(r"^\s{0,3}\d{1,3}[.)]\s+")
_HEADING, _QUOTE = re.compile(r"^(#{1,6})\s+"), re.compile(r"^\s{0,3}&gt;\s?")


def instruction_html(text: str) -> SafeString:
    """`text` as HTML. Headings begin at the third level, because they stand inside a page."""
    lines = [str(escape(line)) for line in text.replace("\r\n", "\n").split("\n")]
    # Everything but the tags that are added here was escaped in the line above.
    return mark_safe("\n".join(_blocks(lines)))  # noqa: S308


def _blocks(lines: list[str]) -> Iterator[str]:
    for kind, group in groupby(_joined(lines), key=_kind):
        rows = list(group)
        if kind == "bullet":
            yield _listed("ul", [_BULLET.sub("", row) for row in rows])
        elif kind == "number":
            yield _listed("ol", [_NUMBER.sub("", row) for row in rows])
        elif kind == "quote":
            yield f"<blockquote>{_inline('<br>'.join(_QUOTE.sub('', row) for row in rows))}</blockquote>"
        elif kind == "heading":
            yield from (_heading(row) for row in rows)
        elif kind == "text":
            yield f"<p>{_inline('<br>'.join(row.strip() for row in rows))}</p>"


def _joined(lines: list[str]) -> Iterator[str]:
    """The lines, with those that go on with a point of a list joined to it."""
    held = ""
    for line in lines:
        if held and line[:2].isspace() and line.strip() and _kind(line.strip()) == "text":
            held = f"{held} {line.strip()}"
            continue
        if held:
            yield held
            held = ""
        if _kind(line) in ("bullet", "number"):
            held = line
        else:
            yield line
    if held:
        yield held


def _kind(line: str) -> str:
    if not line.strip():
        return "nothing"
    if _HEADING.match(line):
        return "heading"
    if _BULLET.match(line):
        return "bullet"
    if _NUMBER.match(line):
        return "number"
    return "quote" if _QUOTE.match(line) else "text"


def _heading(line: str) -> str:
    match = _HEADING.match(line)
    level = min(len(match.group(1)) + 2, 6) if match else 3
    return f"<h{level}>{_inline(_HEADING.sub('', line))}</h{level}>"


def _listed(tag: str, rows: list[str]) -> str:
    return f"<{tag}>{''.join(f'<li>{_inline(row)}</li>' for row in rows)}</{tag}>"


def _inline(text: str) -> str:
    for pattern, shown in _INLINE:
        text = pattern.sub(shown, text)
    return text
