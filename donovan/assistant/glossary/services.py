"""Everything that changes the glossary: permission, change and record in one transaction."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from donovan.access.labels import label_for
from donovan.access.markings import MarkingError
from donovan.access.scope import may_upload, scope_for
from donovan.assistant.glossary.models import Term
from donovan.assistant.glossary.selectors import collection_of
from donovan.assistant.glossary.tables import Row, rows_of
from donovan.audit.services import record
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.services import parsed_marking
from donovan.llm.languages import are_one_language, is_known, normal_code

LONGEST_TERM = 200
LONGEST_NOTE = 400
MOST_TERMS = 20_000


class GlossaryRefused(Exception):
    """What cannot be kept; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def add_term(caller: Caller, *, collection: str, marking: str, row: Row) -> Term:
    """Keep a new entry. Raises GlossaryRefused, also where the term is there already."""
    label = _label(caller, collection, marking)
    row = _checked(row)
    try:
        with transaction.atomic():
            _check_room(label, 1)
            term = Term.objects.create(
                label=label,
                source_language=row.source,
                target_language=row.target,
                term=row.term,
                folded=folded(row.term),
                rendering=row.rendering,
                note=row.note,
                changed_by=caller.name,
            )
            _record(caller, "term added", label, term=str(term.pk))
    except IntegrityError:
        raise GlossaryRefused(
            f"“{row.term}” is in this glossary already, with this marking and these languages. "
            "Change it there."
        ) from None
    return term


def change_term(caller: Caller, term: Term, *, rendering: str, note: str) -> Term:
    """Let an entry stand differently from now on; translations that were made stay as they are."""
    _check_may_change(caller, term.label)
    row = _checked(Row(term.term, rendering, term.source_language, term.target_language, note))
    with transaction.atomic():
        term.rendering, term.note = row.rendering, row.note
        term.changed_by, term.changed_at = caller.name, timezone.now()
        term.save(update_fields=["rendering", "note", "changed_by", "changed_at"])
        _record(caller, "term changed", term.label, term=str(term.pk))
    return term


def delete_term(caller: Caller, term: Term) -> None:
    """Take an entry out of the glossary for good."""
    _check_may_change(caller, term.label)
    with transaction.atomic():
        key = str(term.pk)
        term.delete()
        _record(caller, "term deleted", term.label, term=key)


def import_terms(caller: Caller, *, collection: str, marking: str, text: str) -> tuple[int, int]:
    """Add the rows of a CSV table, all or none: how many are new, and how many of old ones were changed.

    Raises GlossaryRefused with the line that is wrong.
    """
    label = _label(caller, collection, marking)
    rows: dict[tuple[str, str, str], Row] = {}
    try:
        for number, given in rows_of(text):
            try:
                row = _checked(given)
            except GlossaryRefused as refusal:
                raise GlossaryRefused(f"Line {number}: {refusal.sentence} Nothing was taken in.") from None
            rows[row.source, row.target, folded(row.term)] = row
    except ValueError as error:
        raise GlossaryRefused(str(error)) from error
    if not rows:
        raise GlossaryRefused("The table holds no terms below its first line.")
    with transaction.atomic():
        _check_room(label, len(rows))
        added = 0
        for (source, target, key), row in rows.items():
            _term, is_new = Term.objects.update_or_create(
                label=label,
                source_language=source,
                target_language=target,
                folded=key,
                defaults={
                    "term": row.term,
                    "rendering": row.rendering,
                    "note": row.note,
                    "changed_by": caller.name,
                    "changed_at": timezone.now(),
                },
            )
            added += is_new
        _record(caller, "terms imported", label, added=added, changed=len(rows) - added)
    return added, len(rows) - added


def folded(term: str) -> str:
    return " ".join(term.casefold().split())[:LONGEST_TERM]


def _label(caller: Caller, collection: str, marking: str) -> str:
    try:
        parsed = parsed_marking(marking)
        if not may_upload(caller.user, collection, parsed):
            raise GlossaryRefused(
                "You cannot add to the glossary of this collection with this marking. "
                "Ask an administrator to make you an uploader of it."
            )
        return label_for(collection, parsed)
    except (LibraryError, MarkingError) as error:
        raise GlossaryRefused(error.sentence) from error


def _check_may_change(caller: Caller, label: str) -> None:
    if not caller.may_add_to(collection_of(label)) or not scope_for(caller.user).may_read(label):
        raise GlossaryRefused(
            "You may read this glossary and not change it. "
            "Ask an administrator to make you an uploader of its collection."
        )


def _check_room(label: str, more: int) -> None:
    if Term.objects.filter(label=label).count() + more > MOST_TERMS:
        raise GlossaryRefused(f"A glossary holds at most {MOST_TERMS:,} entries of one marking.")


def _checked(row: Row) -> Row:
    term, rendering, note = (
        " ".join(text.replace("\x00", " ").split()) for text in (row.term, row.rendering, row.note)
    )
    if not term or not any(character.isalnum() for character in term):
        raise GlossaryRefused("Write the term as it stands in the original.")
    if not rendering:
        raise GlossaryRefused("Write how the term is to stand in the translation; a name can stand as it is.")
    if len(term) > LONGEST_TERM or len(rendering) > LONGEST_TERM or len(note) > LONGEST_NOTE:
        raise GlossaryRefused(
            f"A term and its translation have at most {LONGEST_TERM} characters, a note {LONGEST_NOTE}."
        )
    for code in (row.source, row.target):
        if not is_known(code):
            raise GlossaryRefused(
                f"“{code[:20]}” is not the code of a language known here. Use one like en or es."
            )
    if are_one_language(row.source, row.target):
        raise GlossaryRefused("The two languages of an entry are different ones.")
    return Row(term, rendering, normal_code(row.source), normal_code(row.target), note)


def _record(caller: Caller, what: str, label: str, **detail: object) -> None:
    record(caller.name, "glossary", source=caller.source, labels=[label], detail={"what": what, **detail})
