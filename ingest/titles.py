"""What to call a document: what it calls itself when that is sane, else its first heading, else its file
name.
"""

import re

_TITLE_CHARACTERS = 500
_LONGEST_HEADING = 150
_FILE_LIKE = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|txt|rtf|odt|jpe?g|png|tiff?|indd|qxd|p65|ai|eps|html?|tmp)\s*$", re.IGNORECASE
)
_NOT_A_TITLE = re.compile(
    r"^(microsoft (word|excel|powerpoint)\b.*|untitled.*|document\s*\d*|unknown|title|no title"
    r"|powerpoint presentation|scan\w*\s*\d*|slide \d+|layout \d+|about:blank|page \d+( of \d+)?)$",
    re.IGNORECASE,
)


def is_sane(title: str) -> bool:
    """Whether a title says something: words, not a file name, a program's name or a number."""
    words = title.strip()
    letters = sum(character.isalpha() for character in words)
    return (
        3 <= len(words) <= _TITLE_CHARACTERS
        and letters >= max(3, len(words) * 0.4)
        and not _FILE_LIKE.search(words)
        and not _NOT_A_TITLE.match(words)
        and "\ufffd" not in words
    )


def title_of(stated: str, headings: list[str], name: str) -> str:
    """The best title there is; never empty."""
    words = " ".join(stated.split())
    if is_sane(words):
        return words
    for heading in headings[:3]:
        if is_sane(heading) and len(heading) <= _LONGEST_HEADING:
            return heading
    return name[:_TITLE_CHARACTERS]
