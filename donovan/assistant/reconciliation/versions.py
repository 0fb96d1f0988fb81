"""Versions of one paper, as titles and file names write them: "v2", "Rev B", "draft", "final"."""

import re
from dataclasses import dataclass

_WORDS = (
    r"version|versión|versão|fassung|verzija|verzia|версия|редакция|revision|revisión|révision|rev|ver"
    r"|edition"
    r"|edición|édition|ausgabe|ed|v|الإصدار|إصدار|النسخة"
)
_NUMBERED = re.compile(
    rf"(?<![^\W_])(?:{_WORDS})\s?[.:#]?\s?(?:no\.?\s?)?(?P<number>\d{{1,3}})(?:\.(?P<minor>\d{{1,3}}))?(?![\d])",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"(?<![^\W_])(?:revision|revisión|rev|issue)\s?[.:]?\s?(?P<letter>[A-Z])(?![^\W_])", re.IGNORECASE
)
_CHINESE = re.compile(r"第\s?(?P<number>\d{1,2}|[一二三四五六七八九])\s?[版稿]")
_DRAFT = re.compile(
    r"(?<![^\W_])(?:draft|entwurf|borrador|brouillon|projet de|nacrt|черновик|مسودة)(?![^\W_])"
    r"|草案|草稿|初稿",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"(?<![^\W_])(?:final|endfassung|endgültig|definitiv[ao]?|définiti(?:f|ve)|konačn[aoi]"
    r"|окончательн\w+|итогов\w+"
    r"|نهائي|النهائية?)(?![^\W_])|最终(?:版|稿)?|定稿",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_HAN_FIGURES = "一二三四五六七八九"
FINAL = 1000
"""The number of a final version that has none of its own: it follows every numbered one."""


@dataclass(frozen=True, order=True)
class Version:
    """The place of a paper in the series of its versions; a paper that names none is the first."""

    number: int = 1
    minor: int = 0
    stage: int = 0

    @property
    def in_words(self) -> str:
        if self.number == FINAL:
            return "the final version"
        name = f"version {self.number}" + (f".{self.minor}" if self.minor else "")
        return f"the draft of {name}" if self.stage < 0 and self.number > 1 else (
            "the draft" if self.stage < 0 else name
        )  # fmt: skip


def version_in(name: str) -> tuple[Version | None, str]:
    """The version that a title or a file name writes, or None, and the name without it, in small letters."""
    text = re.sub(r"[_\s]+", " ", _EXTENSION.sub("", name)).strip()
    number, minor, rest = 0, 0, text
    for pattern in (_NUMBERED, _LETTERED, _CHINESE):
        match = pattern.search(rest)
        if match is not None:
            number, minor = _number(match), int(match.groupdict().get("minor") or 0)
            rest = rest[: match.start()] + " " + rest[match.end() :]
            break
    is_draft, is_final = _DRAFT.search(rest) is not None, _FINAL.search(rest) is not None
    rest = _FINAL.sub(" ", _DRAFT.sub(" ", rest))
    key = " ".join(re.findall(r"[^\W_]+", rest.casefold()))
    if not number and not is_draft and not is_final:
        return None, key
    if is_final and not number:
        return Version(FINAL, 0, 1), key
    return Version(number or 1, minor, -1 if is_draft else int(is_final)), key


def _number(match: re.Match[str]) -> int:
    found = match.groupdict()
    if found.get("letter"):
        return ord(found["letter"].upper()) - ord("A") + 1
    number = found["number"]
    return int(number) if number.isdigit() else _HAN_FIGURES.index(number) + 1
