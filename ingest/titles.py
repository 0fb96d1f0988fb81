"""What to call a document: what its first page shows as its title, what it says of itself where that is sane,
its first heading, or its file name made readable.

A title is told by its size and its place on the page, by its style, or by the label of a subject line; never
from contents, running heads, letterheads, footers or the name of a program.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from ingest.protocol import PageRead
from ingest.title_lines import TitleLine, is_letterhead, lines_of, title_blocks

_TITLE_CHARACTERS = 500
_LONGEST_HEADING = 150
PAGES_LOOKED_AT = 3
_FILE_LIKE = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|txt|rtf|odt|ods|odp|csv|jpe?g|png|tiff?|indd|qxd|p65|ai|eps|html?"
    r"|tmp|wpd|pub|vsd|dwg"
    r"|eml|msg)\s*$",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(
    r"^(microsoft (word|excel|powerpoint|office)\b.*|untitled.*|ohne titel|sans titre|sin título"
    r"|без названия"
    r"|.*\btemplate\b.*|document\s*\d*|dokument\s*\d*|unknown|title|no title|new document|blank"
    r"|template|vorlage"
    r"|modèle|letterhead"
    r"|power ?point.{0,3}presentation|präsentation\d*|présentation powerpoint"
    r"|presentación de powerpoint|book\d+"
    r"|mappe\d+|sheet\d+|print(ing)?|scan\w*[\s_-]*\d*|image\d*|img[\s_-]*\d+|slide \d+|layout \d+"
    r"|about:blank"
    r"|page \d+( of \d+)?|seite \d+|home|index|default|welcome|untitled-\d+|fax|memo|memorandum"
    r"|letter|normal)$",
    re.IGNORECASE,
)
_MARKING = re.compile(
    r"^\W*(top secret|secret|confidential|unclassified|restricted|cui|official|nato|cosmic|vs-nfd"
    r"|geheim|diffusion"
    r"|confidentiel|reservado|confidencial|секретно|совершенно|для служебного|سري|draft|entwurf|copy)\b",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"^\W*(table of contents|contents|list of (figures|tables)|inhalt(sverzeichnis)?|sommaire"
    r"|table des matières"
    r"|índice|indice|sumário|contenido|содержание|оглавление|зміст|spis treści|içindekiler"
    r"|目\s*[录錄次]|فهرس\w*|المحتويات"
    r"|inhoud(sopgave)?|obsah|innehåll|indhold|innhold|sisällys|tartalom\w*|cuprins|περιεχόμενα"
    r"|daftar isi|sadržaj"
    r"|садржај|садржина)\W*$",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"\.{4,}|…{2,}|(?:\s\.){4,}|_{4,}")
_FOOT = re.compile(
    r"©|\(c\) \d{4}|copyright|all rights reserved|alle rechte|tous droits|page \d+|seite \d+"
    r"|^\W*\d+\W*$|https?://|www\.",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*(?:\(\w+(?://[\w/ ]+)?\)\s*)?(?:subject|subj|re|betreff|betr|objet|asunto|assunto"
    r"|oggetto|тема|предмет|dotyczy"
    r"|konu|الموضوع|onderwerp|věc|ämne|emne|aihe|tárgy|subiect|θέμα|موضوع|perihal|predmet|主题"
    r"|主旨|事由|件名|제목)"
    r"\s*[:：.]\s*(?P<words>\S.*)$",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"^(?:(?:re|fw|fwd|aw|wg|tr|rv|sv|vs|antw|odp|ynt|ha|回复|转发)\s*+(?:\[\d++\]\s*+)?+[:：]\s*+)+",
    re.IGNORECASE,
)
_PORTION = re.compile(r"^\(\w{1,5}(?://[\w/ ,-]{1,40})?\)\s*")
_LABELLED = re.compile(r"^[^\W\d_][\w ./-]{0,24}[:：](\s|$)")
_WORD = re.compile(r"[^\W_]+")
_NO_FIRST_LINES = frozenset({"csv", "xlsx", "ods", "archive", "mbox"})
_SENTENCES = re.compile(r"[^\W\d_]{3}[.!?]\s++[^\W\d_].{10}|^.{60,}[^\W\d_]{3}\.$")
# The number of a section, perhaps with its marking: "1. (U) SITUATION".
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]\s")
# No title ends with one of these, or with a day or number and a full stop: the line is of running text.
_GOES_ON = re.compile(
    r"(?:\b(?:of|the|a|an|and|or|to|in|on|at|by|for|from|with|this|that|its|their|his|her|is|was|are|were|"
    r"de|la|el|los|las|y|del|con|le|les|et|du|des|der|die|das|und|von|mit|и|в|на|с|по)|\d\.)$",
    re.IGNORECASE,
)
# How those begin who send a paper: their name over its head is not what it is about.
_SENDERS = re.compile(
    r"(?:headquarters|hq|ministry|department|embassy|consulate|directorate|bureau|office of|government of|"
    r"republic of|joint task force|armed forces|ministerio|embajada|gobierno|direcci[oó]n general|ministère|"
    r"ambassade|direction générale|ministerium|bundesministerium|botschaft|auswärtiges amt|министерство|"
    r"посольство|управление|міністерство|ministarstvo|veleposlanstvo|ambasada|وزارة|سفارة)\b",
    re.IGNORECASE,
)
_SAME = 0.5
_FEWEST_READ = 5
"""Letters of a title that was read from a picture."""
_ENDS = re.compile(r"[.,;:!?。，；：！？؟،]$")


@dataclass(frozen=True)
class Sources:
    """What a title can be taken from. `stated` is what the file says of itself, `kind` as in
    `ingest.identify.KINDS`, `left_out` the spans of the first page that run over the pages.
    """

    stated: str
    kind: str
    pages: Sequence[PageRead]
    name: str
    left_out: Sequence[tuple[int, int]] = ()


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
    ) or (
        len(words) >= 2 and letters == len(words) and not words.isascii() and bool(_NO_SPACES.search(words))
    )


_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def title_of(found: Sources) -> str:
    """The best title there is; never empty."""
    stated = " ".join(found.stated.split())
    stated = stated if is_sane(stated) else ""
    if found.kind == "mail":
        return stated or readable_name(found.name)
    pages = found.pages[:PAGES_LOOKED_AT]
    if found.kind in ("html", "epub"):
        return _by_heading_within(stated, pages) or stated or _heading(pages) or readable_name(found.name)
    first = lines_of(pages[0], found.left_out) if pages else []
    told = _words(" ".join(page.text[:4000] for page in pages))
    said = _words(stated)
    if said and len(said & told) >= _SAME * len(said):
        # The file and its page say the same, a day perhaps in another writing.
        return stated
    shown = _subject(first) or _largest(first) or stated
    return shown or _heading(pages) or _first_line(first, found.kind) or readable_name(found.name)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _fits(text: str) -> str:
    """A line as a title, without its portion mark; nothing where it is none."""
    words = _PORTION.sub("", " ".join(text.split())).strip(" -–—|")
    is_title = (
        is_sane(words)
        and len(words) <= _LONGEST_HEADING * 2
        and not _MARKING.match(words)
        and not _CONTENTS.match(words)
        and not _LEADERS.search(words)
        and not _FOOT.search(words)
        and not _LABELLED.match(words)
        and not _SENTENCES.search(words)
        and not _SECTION.match(words)
    )
    return words if is_title else ""


def _by_heading_within(stated: str, pages: Sequence[PageRead]) -> str:
    """The heading that the title of a web page holds beside the name of its site."""
    for page in pages[:1]:
        for heading in page.headings[:5]:
            words = _fits(heading.text)
            whole = stated.casefold()
            if (words and whole.startswith(words.casefold())) or (words and whole.endswith(words.casefold())):
                return words
    return ""


def _subject(lines: Sequence[TitleLine]) -> str:
    """What the first page names as its subject, as memos and letters do."""
    for number, line in enumerate(lines[:30]):
        match = _SUBJECT.match(line.text)
        if match is None:
            continue
        words = _fits(_REPLY.sub("", match["words"]))
        following = lines[number + 1].text if number + 1 < len(lines) else ""
        goes_on = len(match["words"]) > 40 and following[:1].islower()
        if words:
            return _fits(f"{words} {following}") or words if goes_on else words
    return ""


def _largest(lines: Sequence[TitleLine]) -> str:
    """The largest print of the first page that is a title."""
    for block in title_blocks(lines):
        words = _fits(" ".join(line.text for line in block))
        if words and not is_letterhead(lines, block) and _is_whole(words, block):
            return words
    return ""


def _is_whole(words: str, block: Sequence[TitleLine]) -> bool:
    """Whether large print is no piece of running text, no sender's name and no scrap of a picture."""
    is_read = any(line.confidence < 1 for line in block)
    letters = sum(character.isalpha() for character in words)
    return (
        not _GOES_ON.search(words)
        and not _SENDERS.match(words)
        and not (is_read and words.isascii() and letters < _FEWEST_READ)
    )


def _heading(pages: Sequence[PageRead]) -> str:
    for page in pages:
        for heading in page.headings[:20]:
            words = _fits(heading.text)
            if words and len(words) <= _LONGEST_HEADING:
                return words
    return ""


def _first_line(lines: Sequence[TitleLine], kind: str) -> str:
    """The first line, where it stands alone and is no sentence."""
    if kind in _NO_FIRST_LINES or len(lines) < 2:
        return ""
    line = lines[0]
    words = _fits(line.text)
    stands_alone = line.is_followed_by_space and len(words.split()) >= 2
    return words if words and stands_alone and len(words) <= 100 and not _ENDS.search(words) else ""


def readable_name(name: str) -> str:
    """A file name as words: without its ending where signs stand for the spaces of it, else as it is."""
    bare = PurePosixPath(name).name
    if not re.search(r"_|%20|\+", bare):
        return bare[:_TITLE_CHARACTERS]
    stem = PurePosixPath(unquote(bare)).stem
    words = " ".join(re.sub(r"[_+]+", " ", stem).split())
    return (words if sum(character.isalpha() for character in words) >= 3 else bare)[:_TITLE_CHARACTERS]
