"""People: by rank, office and title, by first name, by the shape of Arabic names, and by who speaks."""

import re
from collections.abc import Iterator

from donovan.insight.entities.gazetteers.countries import adjectives, country_names
from donovan.insight.entities.gazetteers.everyday import is_everyday_word
from donovan.insight.entities.gazetteers.organisations import HEADS
from donovan.insight.entities.gazetteers.people import FIRST_NAMES, OFFICES, RANKS, SPEECH
from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.shapes import INITIAL, OPENERS, PARTICLE, WORD, is_shouted
from donovan.insight.entities.recognition import Found

NAME = "people"
_NICK = r"[‘'“\"][^\W\d_][\w.]{0,12}[’'”\"]"
_PIECE = rf"(?:{INITIAL}|{WORD})"
_NAME = (
    rf"(?:{_PIECE})(?:[\s\u200e]+(?:{PARTICLE}\s)?(?:{_PIECE}|{_NICK})){{0,4}}(?:,?\s(?:Jr|Sr)\.?"
    rf"|\s(?:II|III|IV)\b)?"
)
_TITLE = "|".join(sorted({*RANKS, *OFFICES}, key=len, reverse=True))
_ADJECTIVES = "|".join(sorted(map(re.escape, adjectives()), key=len, reverse=True))
_COUNTRIES = r"U\.?S\.?|UK|U\.K\.|UN|EU|FCO|NATO"
_SERVICE = (
    r"Navy|Army|Air\sForce|Marine(?:\sCorps)?|Coast\sGuard|Pentagon|Foreign\sOffice|Home\sOffice"
    r"|Treasury|Defen[cs]e|Foreign|Interior|Press|State|Deputy|Acting|Chief|Special|Royal|Senior|First"
    r"|Vice|Assistant|Former"
)
_CONTEXT = rf"(?:(?:{_ADJECTIVES}|{_COUNTRIES}|{_SERVICE})\s)"
_FOR = r"(?:\s(?:for|of)\s(?:the\s)?(?:[A-Z][\w-]+(?:\s(?:and\s(?:the\s)?)?[A-Z][\w-]+){0,3}?))"
_TITLED = re.compile(
    rf"(?<![\w-])(?P<title>{_CONTEXT}{{0,4}}(?:(?:{_TITLE})\.?(?:{_FOR})?[\s\u200e]+){{1,3}})(?P<name>{_NAME})"
)
_TITLE_ALONE = re.compile(rf"(?:{_CONTEXT}{{0,4}}(?:(?:{_TITLE})\.?(?:{_FOR})?[\s\u200e]+))+(?=[^\W\d_])")
_FIRST = "|".join(sorted(FIRST_NAMES, key=len, reverse=True))
_BY_FIRST_NAME = re.compile(
    rf"(?<![\w-])(?P<name>(?:{_FIRST})[\s\u200e]+(?:{PARTICLE}\s)?(?:{_NICK}\s)?(?:{_PIECE}"
    rf"|{_NICK})(?:[\s\u200e]+(?:{PARTICLE}\s)?{_PIECE}){{0,3}}(?:\s(?:II|III|IV)\b)?)"
)
_ARABIC = re.compile(
    rf"(?<![\w-])(?P<name>(?:{WORD}\s){{0,2}}(?:Abu|Abd|Umm|Ibn|Bin"
    rf"|bin)(?:[\s-](?:{PARTICLE}[\s-])?{WORD}){{1,3}}"
    rf"|(?:{WORD}\s){{1,3}}[Aa]l-\s?[A-Z][\w’'ʿ]+(?:\s{WORD})?)"
)
_SPEAKS = re.compile(
    rf"(?<![\w.-])(?P<name>{WORD}(?:\s(?:{_PIECE}|{PARTICLE}\s{WORD})){{0,3}}),?\s(?:also\s"
    rf"|then\s)?(?:{'|'.join(SPEECH)})\b"
)
_SPOKEN = re.compile(
    rf"[,”\"]\s(?:said|says|added|according to|dijo|сказал"
    rf"|заявил)\s(?P<name>{WORD}(?:\s{_PIECE}){{0,2}})(?=[.,;]|\s)"
)
_INITIALLED = re.compile(rf"(?<![\w-])(?P<name>{WORD}\s[A-Z]\.\s{WORD})(?!\w)")
_PATRONYMIC = re.compile(
    r"(?<!\w)(?P<name>[А-ЯЁ][а-яё]+\s[А-ЯЁ][а-яё]+(?:вич|вна|ична)(?:\s[А-ЯЁ][а-яё]+)?"
    r"|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+)"
)
# A field of a form or a protocol that is filled with a person.
_ROLE = (
    r"suspect|accused|defendant|detainee|prisoner|witness|victim|complainant|informant|interviewee"
    r"|interviewer|interviewed|interpreter|investigator|(?P<bare>name)|full\sname"
    r"|name\sof\s(?:the\s)?(?:accused|applicant|author|child|deceased|detainee|driver|father|interviewee|master"
    r"|mother|officer|owner|passenger|patient|person|spouse|suspect|victim|witness)"
    r"|author|prepared\sby|signed(?:\sby)?|reported\sby|written\sby|approved\sby|contact(?:\sperson)?|driver"
    r"|owner|passenger|applicant|patient|master|next\sof\skin|father|mother|spouse|alias"
    r"|nombre(?:\sy\sapellidos)?|sospechoso|testigo|nom(?:\set\sprénom)?|suspect[eé]?|témoin"
    r"|ime\si\sprezime|svjedok|svedok|osumnjičeni|ФИО|имя|свидетель|подозреваемый"
)
_WHOLE_NAME = rf"(?:{INITIAL}[ ])?{WORD}(?:[ ](?:{PARTICLE}[ ])?(?:{INITIAL}|{WORD})){{0,3}}"
_IN_A_FIELD = re.compile(
    rf"(?:^|(?<=\n)|(?<=[|;.]\s))[ \t•*-]{{0,8}}(?i:{_ROLE})(?:[ ]?(?:no\.?[ ])?(?:\d{{1,3}}|[A-Z]))?"
    rf"[ \t]{{0,4}}:[ \t]{{0,8}}(?P<name>{_WHOLE_NAME})(?=[ \t]{{0,8}}(?:$|[\n,;|(.<\t]))"
)
# Ships, firms and places have a field “Name:” as well; one of these beside it makes it a person's.
_OF_A_PERSON = re.compile(
    r"\b(?:born|birth|dob|sex|gender|nationality|citizenship|passport|age|rank|occupation|aliases)\b",
    re.IGNORECASE,
)
_BESIDE_NAME = 250
_BEFORE_ADDRESS = re.compile(
    rf"(?:^|(?<=\n)|(?<=[,;:]\s))[ \t\"]{{0,8}}(?P<name>{_WHOLE_NAME})\"?"
    r"[ ]<[^<>\s@]{1,64}@[^<>\s@]{1,200}>"
)
_NOT_LAST = re.compile(
    r"\b(?:Force|Forces|Army|Navy|Ministry|Council|University|Brigade|Command|Government|Center|Centre"
    r"|State|States|Committee"
    r"|Party|Company|Street|River|Province|Operation|Group|Coalition|Office|Department|Agency|Union"
    r"|Bank|Airport|Hospital"
    r"|Resolution|Report|Treaty|Day|Act|Court|House|Fleet|Division|Regiment|Battalion|Camp|Port|Lake"
    r"|Sea|Gulf|City|County)$"
)


class PeopleRecogniser:
    """Names of people. The rank, title or office before a name belongs to the mention, not to the normal
    form.
    """

    name = NAME

    def find(self, text: str, language: str) -> list[Found]:
        return sorted(_found(text), key=lambda m: (m.start, -m.end))


def _found(text: str) -> Iterator[Found]:
    for match in _TITLED.finditer(text):
        yield from _person(text, match.start(), *match.span("name"), 0.95)
    for pattern, confidence in (
        (_BY_FIRST_NAME, 0.86),
        (_ARABIC, 0.84),
        (_INITIALLED, 0.86),
        (_PATRONYMIC, 0.85),
        (_IN_A_FIELD, 0.95),
        (_BEFORE_ADDRESS, 0.95),
        (_SPEAKS, 0.74),
        (_SPOKEN, 0.74),
    ):
        for match in pattern.finditer(text):
            if pattern in _BY_PLACE and _is_of_words(match.group("name")):
                continue
            if pattern is _IN_A_FIELD and match.group("bare") and not _is_about_a_person(text, match.start()):
                continue
            yield from _person(text, match.start("name"), *match.span("name"), confidence)


def _is_about_a_person(text: str, at: int) -> bool:
    return _OF_A_PERSON.search(text, max(0, at - _BESIDE_NAME), at + _BESIDE_NAME) is not None


_BY_PLACE = (_IN_A_FIELD, _BEFORE_ADDRESS)


def _is_of_words(name: str) -> bool:
    """Whether what stands where a person is expected is one word, or holds words of every day: “Owner:
    Harbour Master Team”.
    """
    if " " not in name:
        return True
    return any(is_everyday_word(word) or word in OPENERS or word in _HEADS for word in name.lower().split())


_HEADS = frozenset(word.lower() for word in HEADS) | {"team", "staff", "desk", "list", "unknown", "support"}


def _person(text: str, start: int, low: int, high: int, confidence: float) -> Iterator[Found]:
    """The mention from `start`, whose name is text[low:high] less what cannot belong to a name."""
    words = text[low:high].split()
    if words[-1].rstrip(",.") in _OFFICE_WORDS or text[max(0, low - 10) : low].endswith("Operation "):
        return
    while words and (words[-1].rstrip(".’'s").lower() in OPENERS or words[-1].rstrip("’s'") in adjectives()):
        words.pop()
    while words and low == start and words[0].lower() in OPENERS:
        low = start = text.index(words[0], low) + len(words.pop(0))
        low = start = low + len(text[low:high]) - len(text[low:high].lstrip())
    if not words:
        return
    high = text.index(words[-1], low) + len(words[-1])
    while text[low:high].endswith(("’s", "'s", "’", "'", ",")):
        high -= 2 if text[high - 1] == "s" else 1
    name = text[low:high]
    if name in country_names() or name in adjectives() or len(name) < 3 or _NOT_LAST.search(name):
        return
    if "\n" in name or words[0].lower().rstrip(".,") in OPENERS or is_shouted(text, low, high):
        return
    if words[0].isupper() and len(words[0]) > 1 and "." not in words[0] and low == start:
        return
    yield Found(
        start,
        high,
        Kind.PERSON,
        text[start:high],
        normal_person(name),
        confidence=confidence + min(len(words), 4) / 100,
        recogniser=NAME,
    )


def without_title(name: str) -> str:
    """A name without the ranks, titles and offices before it; a name that is nothing else stays."""
    title = _TITLE_ALONE.match(name)
    return name[title.end() :] if title else name


def title_start(text: str, start: int) -> int:
    """Where the ranks, titles and offices that stand right before a name at `start` begin; `start` without
    any.
    """
    low = max(0, start - _LONGEST_TITLE)
    for title in _TITLE_ALONE.finditer(text, low, start + 1):
        if title.end() == start and (title.start() == 0 or not text[title.start() - 1].isalnum()):
            return title.start()
    return start


_LONGEST_TITLE = 120
_OFFICE_WORDS = frozenset(office.split("\\s")[-1] for office in OFFICES)
_NICKNAME = re.compile(_NICK)
_MIDDLE_INITIAL = re.compile(r"\b[A-Z]\.\s?")


def normal_person(name: str) -> str:
    """The normal form of a name: without nickname and middle initials, “Joseph L. Votel” is “joseph
    votel”.
    """
    plain = _NICKNAME.sub(" ", name)
    words = plain.split()
    if len(words) > 2:
        plain = " ".join([words[0], _MIDDLE_INITIAL.sub(" ", " ".join(words[1:]))])
    return normal_name(plain) or normal_name(name)
