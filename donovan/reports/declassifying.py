"""The classification authority block of a report: what stands in it at first, and what may stand in it.

After 32 CFR 2001.20 to 2001.26 and the marking handbook of the ISOO: derivative classification names the
person, the sources, and an instruction: a date of at most 25 years, or an exemption such as 25X1. What is CUI
names who controls it (32 CFR 2002.20; DoDI 5200.48, CUI designation indicator).
"""

import re
from collections.abc import Mapping
from datetime import date

from django.db.models import F
from django.utils import timezone

from donovan.access.declassification import rolled_up, stated_in, without_date
from donovan.access.labels import marking_of
from donovan.access.markings import Level, Marking, parse_marking
from donovan.access.models import User
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, Source
from ingest.models import Document, Page

FIELDS = {
    "classified_by": "Classified by",
    "derived_from": "Derived from",
    "reason": "Reason",
    "declassify_on": "Declassify on",
    "controlled_by": "Controlled by",
    "contact": "Point of contact",
}
MULTIPLE_SOURCES = "Multiple sources"
LONGEST = 300
MOST_YEARS = 25
_EXEMPTION = re.compile(r"(?:25|50|75)X[1-9](?:-HUM|-WMD)?(?:,\s*.+)?|50X1-HUM|50X2-WMD|N/A.*", re.IGNORECASE)


def prefilled(author: User) -> dict[str, str]:
    """What a draft begins with: the author, and sources that are many. The date is left to a person."""
    return {
        "classified_by": f"{author.get_full_name() or author.get_username()}, {author.get_role_display()}",
        "derived_from": MULTIPLE_SOURCES,
        "reason": "",
        "declassify_on": "",
    }


def checked(values: Mapping[str, str]) -> dict[str, str]:
    """The block as it may be kept. Raises ReportError for a text too long or an instruction that is none."""
    kept = {name: " ".join(str(values.get(name, "")).split()) for name in FIELDS}
    for name, value in kept.items():
        if len(value) > LONGEST:
            raise ReportError(f"“{FIELDS[name]}” has at most {LONGEST} characters.")
    instruction = kept["declassify_on"]
    if instruction and not _EXEMPTION.fullmatch(instruction):
        kept["declassify_on"] = _checked_date(instruction).isoformat()
    return kept


def missing_for(marking: Marking, values: Mapping[str, str]) -> list[str]:
    """The fields that a report of this marking still lacks; one that is plainly unclassified needs none."""
    needed = ["controlled_by"] if marking.is_controlled else []
    if marking.level is not Level.UNCLASSIFIED:
        needed += ["classified_by", "derived_from", "declassify_on"]
    lacking = [FIELDS[name] for name in needed if not values.get(name)]
    instead = without_date(marking) if marking.level is not Level.UNCLASSIFIED else ""
    instruction = values.get("declassify_on", "")
    if instead and instruction and not instruction.upper().startswith("N/A"):
        lacking.append(f"“{instead}” in place of a date under “{FIELDS['declassify_on']}”")
    return lacking


def _checked_date(text: str) -> date:
    wanted = (
        f"“{text[:40]}” is no instruction for “Declassify on”. "
        "Write a date like 2051-03-31, or an exemption like 25X1."
    )
    digits = f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text
    try:
        day = date.fromisoformat(digits)
    except ValueError:
        raise ReportError(wanted) from None
    today = timezone.localdate()
    if day <= today:
        raise ReportError("The date of declassification lies in the past. Take a later one.")
    if (day.year, day.month, day.day) > (today.year + MOST_YEARS, today.month, today.day):
        raise ReportError(
            f"The date of declassification lies more than {MOST_YEARS} years ahead. "
            "Take an earlier one, or name the exemption, such as 25X1."
        )
    return day


def said_by_sources(report: Report, line: str) -> str:
    """What the classified documents that a report of this banner line cites say about declassification, in
    sentences for its author; empty where there is nothing. What they leave open is said, and not made up.
    """
    banner = parse_marking(line or "U")
    if banner.level is Level.UNCLASSIFIED:
        return ""
    cited = Source.objects.filter(section__report=report, making=F("section__making"))
    documents = Document.objects.filter(pk__in=cited.values("document_id")).values_list("pk", "label")
    classified = [key for key, label in documents if marking_of([label]).level is not Level.UNCLASSIFIED]
    if not classified:
        return ""
    first_pages = dict(
        Page.objects.filter(document__in=classified, number=1).values_list("document_id", "text")
    )
    whole = rolled_up((stated_in(first_pages.get(key, "")) for key in classified), banner)
    said = [f"The most restrictive of the sources: {whole.instruction}"] if whole.instruction else []
    if whole.undecided:
        said.append(f"To be decided, because sources say: {'; '.join(whole.undecided)}")
    return ". ".join([*said, ""]).strip()
