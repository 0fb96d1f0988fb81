"""Everything that changes watches: permission, change and record in one transaction."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.access.scope import scope_for
from donovan.audit.services import record
from donovan.insight.errors import InsightError
from donovan.insight.watch.matching import Said, said_about
from donovan.insight.watch.models import Match, Watch
from donovan.insight.watch.phrases import LONGEST_PHRASE, MOST_PHRASES, phrases_in
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.querying import check_query
from donovan.library.selectors import collections_of
from ingest.models import Document, Status
from ingest.work.leases import fenced
from retrieval.scope import AccessScope

LONGEST_QUESTION = 1000
LONGEST_TITLE = 200
MOST_WATCHES = 200


def create_watch(
    caller: Caller, *, kind: str, text: str = "", subject: str = "", title: str = "", collection: str = ""
) -> Watch:
    """Keep a new watch of the caller. Raises InsightError with the sentence for what is wrong with it."""
    checked = _checked_kind(kind)
    if Watch.objects.filter(owner=caller.user, is_removed=False).count() >= MOST_WATCHES:
        raise InsightError(f"You have {MOST_WATCHES} watches, which is the most. Remove one first.")
    text = _checked_text(checked, text)
    if checked == Watch.Kind.ENTITY and not subject:
        raise InsightError("Open the person, place or thing and choose “Watch” there.")
    _check_collection(caller, collection)
    with transaction.atomic():
        watch = Watch.objects.create(
            owner=caller.user,
            kind=checked,
            text=text,
            subject=subject[:64],
            title=_title_of(checked, title, text),
            collection=collection,
        )
        _record(caller, watch, "watch created")
    return watch


def change_watch(caller: Caller, watch: Watch, *, title: str, text: str, collection: str) -> Watch:
    """Change what is looked for, from now on; what was matched before stays."""
    _check_mine(caller, watch)
    text = _checked_text(Watch.Kind(watch.kind), text)
    _check_collection(caller, collection)
    with transaction.atomic():
        watch.text, watch.collection = text, collection
        watch.title = _title_of(Watch.Kind(watch.kind), title, text)
        watch.save(update_fields=["text", "collection", "title"])
        _record(caller, watch, "watch changed")
    return watch


def set_paused(caller: Caller, watch: Watch, *, is_paused: bool) -> None:
    """Stop matching, or begin again with what is read from now on."""
    _check_mine(caller, watch)
    with transaction.atomic():
        if watch.is_paused and not is_paused:
            watch.since = timezone.now()
        watch.is_paused = is_paused
        watch.save(update_fields=["is_paused", "since"])
        _record(caller, watch, "watch paused" if is_paused else "watch resumed")


def set_removed(caller: Caller, watch: Watch, *, is_removed: bool) -> None:
    """Put a watch away, or bring it back with all it had matched."""
    _check_mine(caller, watch)
    with transaction.atomic():
        Watch.objects.filter(pk=watch.pk).update(is_removed=is_removed)
        _record(caller, watch, "watch removed" if is_removed else "watch brought back")


def look(caller: Caller, watches: Sequence[Watch]) -> None:
    """Note that the owner has seen what was matched so far. `undo_look` takes it back."""
    now = timezone.now()
    with transaction.atomic():
        for watch in watches:
            _check_mine(caller, watch)
            watch.looked_before_at, watch.looked_at = watch.looked_at, now
            watch.save(update_fields=["looked_at", "looked_before_at"])
            _record(caller, watch, "watch looked at")


def undo_look(caller: Caller, watch: Watch) -> None:
    """Show again as new what was new before the last look."""
    _check_mine(caller, watch)
    with transaction.atomic():
        watch.looked_at = watch.looked_before_at
        watch.save(update_fields=["looked_at"])
        _record(caller, watch, "watch look undone")


def match_document(document_id: uuid.UUID) -> str:
    """Match one document against every watch whose owner may read it; a sentence about what came of it.

    Done again it keeps what it had found at the same places and adds what is new.
    """
    document = Document.objects.filter(pk=document_id, status=Status.READY).first()
    if document is None:
        return "The document is gone."
    matched = 0
    scopes: dict[int, AccessScope] = {}
    watches = Watch.objects.filter(is_paused=False, is_removed=False, owner__is_active=True).filter(
        Q(since__lte=document.finished_at)
    )
    for watch in watches.select_related("owner"):
        scope = scopes.setdefault(watch.owner_id, scope_for(watch.owner))
        if not scope.may_read(document.label) or not _is_in(document, watch.collection):
            continue
        found = said_about(watch, document, scope)
        with fenced():
            matched += sum(_keep(watch, document, said) for said in found)
    return f"{matched} new match{'' if matched == 1 else 'es'}."


def _keep(watch: Watch, document: Document, said: Said) -> bool:
    """Keep one match; False when it was kept before."""
    _, is_new = Match.objects.get_or_create(
        watch=watch,
        document=document,
        page=said.page,
        start=said.start,
        end=said.end,
        address=said.address,
        defaults={
            "quote": said.quote,
            "why": said.why[:300],
            "values": list(said.values),
            "differs_from": _contrary(watch, document, said),
        },
    )
    return is_new


def _contrary(watch: Watch, document: Document, said: Said) -> Match | None:
    """The latest match of another document that gives values, where none of them is one of ours."""
    if not said.values:
        return None
    earlier = watch.matches.exclude(document=document).exclude(values=[]).order_by("-created_at").first()
    if earlier is None or set(earlier.values) & set(said.values):
        return None
    return earlier


def _is_in(document: Document, collection: str) -> bool:
    return not collection or document.label.partition(":")[0] == collection


def _checked_kind(kind: str) -> Watch.Kind:
    try:
        return Watch.Kind(kind)
    except ValueError:
        raise InsightError(
            "Choose what to watch: a question, words, a query, a name, or anomalies."
        ) from None


def _checked_text(kind: Watch.Kind, text: str) -> str:
    if kind == Watch.Kind.QUESTION:
        text = " ".join(text.split())
        if not any(character.isalnum() for character in text):
            raise InsightError("Type the question that new documents should be asked.")
        if len(text) > LONGEST_QUESTION:
            raise InsightError(f"The question is longer than {LONGEST_QUESTION} characters. Shorten it.")
        return text
    if kind == Watch.Kind.WORDS:
        phrases = phrases_in(text)
        if not phrases:
            raise InsightError("Type the words to look for, one word or phrase on each line.")
        if len(phrases) > MOST_PHRASES:
            raise InsightError(f"A watchlist holds at most {MOST_PHRASES} lines. Make a second one.")
        if any(len(phrase) > LONGEST_PHRASE for phrase in phrases):
            raise InsightError(f"A line holds at most {LONGEST_PHRASE} characters. Shorten the longest.")
        return "\n".join(phrases)
    if kind == Watch.Kind.QUERY:
        return _checked_query(" ".join(text.split()))
    return ""


def _checked_query(query: str) -> str:
    try:
        is_of_language = check_query(query)
    except LibraryError as error:
        raise InsightError(error.sentence) from error
    if not is_of_language:
        raise InsightError(
            "A query uses AND, OR, NOT, “a phrase”, a wildcard or a field such as title:. "
            "For plain words choose “words”."
        )
    return query


def _check_collection(caller: Caller, slug: str) -> None:
    if slug and slug not in {collection.slug for collection in collections_of(caller.user)}:
        raise InsightError("You are not a member of that collection. Choose one of those in the list.")


def _check_mine(caller: Caller, watch: Watch) -> None:
    if watch.owner_id != caller.user.pk:
        raise InsightError("This watch does not exist.")


def _title_of(kind: Watch.Kind, title: str, text: str) -> str:
    words = " ".join((title or text.replace("\n", ", ")).split()) or str(kind.label).capitalize()
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 2].rsplit(" ", 1)[0] + " …"


def _record(caller: Caller, watch: Watch, change: str) -> None:
    record(caller.name, "administer", source=caller.source, detail={"change": change, "watch": str(watch.pk)})
