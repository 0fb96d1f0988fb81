"""Making the mentions of a document anew, all at once or not at all."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from donovan.insight.entities.extraction import MOST_CHARACTERS, Batch, PageMention, PageText, extract
from donovan.insight.entities.identity import LONGEST_NORMAL, entity_id
from donovan.insight.entities.kinds import UNLINKED, Kind, Level
from donovan.insight.entities.models import AliasEvidence, Appearance, Entity, Mention
from donovan.insight.entities.name_variants import sound_key
from donovan.insight.entities.recognisers import installed_recognisers
from donovan.insight.errors import InsightError
from ingest.models import Document, Page
from ingest.work.leases import fenced

MOST_FORMS = 20
LONGEST_TEXT = 300
_ROWS_AT_ONCE = 500


def extract_entities(document_id: UUID) -> str:
    """Find everything named in a document again from nothing; returns a sentence about what was found.

    The mentions it had before are replaced in one transaction. What analysts decided stays as it is. Raises
    InsightError when there is no such document.
    """
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise InsightError("The document is gone.")
    batches = list(extract(_pages(document), installed_recognisers(), document.document_date))
    mentions = [mention for batch in batches for mention in batch.mentions]
    with fenced():
        for kept in (Mention, Appearance, AliasEvidence):
            kept.objects.filter(document=document).delete()
        entities = _entities(batches)
        Mention.objects.bulk_create(
            [_mention(document, mention) for mention in mentions], batch_size=_ROWS_AT_ONCE
        )
        Appearance.objects.bulk_create(_appearances(document, mentions), batch_size=_ROWS_AT_ONCE)
        AliasEvidence.objects.bulk_create(_evidence(document, batches, entities), batch_size=_ROWS_AT_ONCE)
    return _sentence(document, mentions)


def _pages(document: Document) -> Iterator[PageText]:
    pages = Page.objects.filter(document=document).order_by("number")
    for number, text, language in pages.values_list("number", "text", "language").iterator(chunk_size=50):
        yield PageText(number, text, language)


def _key(mention: PageMention) -> tuple[str, str] | None:
    found = mention.found
    if found.level != Level.NAMED or found.kind in UNLINKED or not found.normal:
        return None
    if found.kind == Kind.DATE and found.since is None:
        return None
    return str(found.kind), found.normal[:LONGEST_NORMAL]


def _entities(batches: Sequence[Batch]) -> set[UUID]:
    """Makes the rows of all entities that are named, where they are new; returns their ids."""
    keys = {key for batch in batches for mention in batch.mentions if (key := _key(mention)) is not None}
    keys |= {
        (str(Kind.ORGANISATION), normal)
        for batch in batches
        for _, acronym in batch.acronyms
        for normal in (acronym.short, acronym.long)
    }
    rows = [
        Entity(id=entity_id(kind, normal), kind=kind, normal=normal, sound=_sound(kind, normal))
        for kind, normal in sorted(keys)
    ]
    Entity.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_ROWS_AT_ONCE)
    return {row.id for row in rows}


def _sound(kind: str, normal: str) -> str:
    return sound_key(normal) if kind == Kind.PERSON else ""


def _mention(document: Document, mention: PageMention) -> Mention:
    found, key = mention.found, _key(mention)
    return Mention(
        document=document,
        page=mention.page,
        start=found.start,
        end=found.end,
        sentence_start=mention.sentence_start,
        sentence_end=mention.sentence_end,
        text=found.text[:LONGEST_TEXT],
        kind=found.kind,
        level=found.level,
        value=found.value,
        since=found.since,
        until=found.until,
        confidence=round(found.confidence, 3),
        recogniser=found.recogniser,
        entity_id=entity_id(*key) if key else None,
    )


def _appearances(document: Document, mentions: Sequence[PageMention]) -> Iterator[Appearance]:
    grouped: dict[tuple[str, str], list[PageMention]] = defaultdict(list)
    for mention in mentions:
        if (key := _key(mention)) is not None:
            grouped[key].append(mention)
    for key, them in grouped.items():
        forms = Counter(" ".join(m.found.text.split())[:LONGEST_TEXT] for m in them)
        fullest = max(forms, key=lambda form: (form.count(" "), forms[form], len(form), form))
        yield Appearance(
            document=document,
            entity_id=entity_id(*key),
            name=fullest,
            names=[form for form, _ in forms.most_common(MOST_FORMS)],
            mention_count=len(them),
            first_page=them[0].page,
            value=next((m.found.value for m in them if m.found.value), {}),
        )


def _evidence(document: Document, batches: Sequence[Batch], entities: set[UUID]) -> Iterator[AliasEvidence]:
    told = set()
    for page, acronym in ((page, one) for batch in batches for page, one in batch.acronyms):
        pair = (
            entity_id(Kind.ORGANISATION, acronym.short),
            entity_id(Kind.ORGANISATION, acronym.long),
        )
        if pair in told or pair[0] == pair[1] or not entities.issuperset(pair):
            continue
        told.add(pair)
        yield AliasEvidence(
            document=document,
            one_id=pair[0],
            other_id=pair[1],
            page=page,
            start=acronym.start,
            end=acronym.end,
        )


def _sentence(document: Document, mentions: Sequence[PageMention]) -> str:
    named = {key for mention in mentions if (key := _key(mention)) is not None}
    if not mentions:
        return "Nothing was found that is named."
    said = f"{len(mentions):,} mentions of {len(named):,} different names, places, dates and numbers."
    size = sum(map(len, Page.objects.filter(document=document).values_list("text", flat=True).iterator()))
    if size > MOST_CHARACTERS:
        said += f" Only the first {MOST_CHARACTERS:,} characters were looked at."
    return said
