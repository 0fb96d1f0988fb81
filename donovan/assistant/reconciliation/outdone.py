"""What a mail quotes from an earlier one and itself says otherwise: its own word stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from donovan.assistant.prefixes import is_header
from donovan.assistant.questions import Question
from donovan.assistant.reconciliation.accounts import Account
from donovan.assistant.reconciliation.matters import is_same_matter
from donovan.assistant.reconciliation.tense import AskedTime
from donovan.assistant.reconciliation.values import agree
from donovan.assistant.spans import Span
from donovan.assistant.terms import Term, terms_of, with_leading_names

_ALIKE = 0.6
"""The share of its words, numbers and names left out, that a quoted sentence shares with one that puts it
anew."""
_LEAST_SHARED = 2


def without_outdone(
    question: Question,
    time: AskedTime,
    accounts: Sequence[Account],
    account_of: Callable[[Span, float], Account | None],
    candidates: Sequence[tuple[Span, float]],
) -> tuple[list[Account], tuple[Span, ...]]:
    """The accounts without what their own mail says otherwise, and the spans of those left out.

    A question of the day of the earlier mail is answered by what is quoted from it.
    """
    kept: list[Account] = list(accounts)
    outdone: list[Span] = []
    for account in accounts:
        if account.span.quoted is None or _is_asked_of_its_day(account, time):
            continue
        own = next((one for one in kept if _outdoes(question, one, account)), None)
        if own is None:
            beside = (
                account_of(span, chance)
                for span, chance in candidates
                if span.quoted is None and span.document_id == account.span.document_id
            )
            own = next((one for one in beside if one is not None and _outdoes(question, one, account)), None)
            if own is None:
                continue
            kept.append(own)
        stated = replace(own, is_stated=own.is_stated or account.is_stated)
        kept = [stated if one is own else one for one in kept if one is not account]
        outdone.append(account.span)
    return kept, tuple(outdone)


def _is_asked_of_its_day(account: Account, time: AskedTime) -> bool:
    """Whether the question is of a day on which the mail that quotes was not yet written."""
    written = account.source.day
    return time.day is not None and written is not None and time.day < written


def _outdoes(question: Question, own: Account, quoted: Account) -> bool:
    """Whether a mail itself says otherwise than what it quotes."""
    if own.span.quoted is not None or own.source.document_id != quoted.source.document_id:
        return False
    if is_header(own.span.plain):
        return False
    if own.values and quoted.values:
        return not agree(own.values, quoted.values) and is_same_matter(question, quoted, own)
    return _puts_anew(own.span, quoted.span, question.language)


def _puts_anew(own: Span, quoted: Span, language: str) -> bool:
    """Whether both sentences are nearly the same but for the numbers, days and names in them."""
    mine, theirs = _terms(own, language), _terms(quoted, language)
    words = {term.key for term in theirs if _is_word(term)}
    shared = words & {term.key for term in mine}
    if len(shared) < _LEAST_SHARED or len(shared) < _ALIKE * len(words):
        return False
    here = {term.key for term in mine if not _is_word(term)}
    there = {term.key for term in theirs if not _is_word(term)}
    return bool(here - there and there - here)


def _terms(span: Span, language: str) -> list[Term]:
    return with_leading_names(terms_of(span.plain, span.language or language))


def _is_word(term: Term) -> bool:
    return term.kind == "word" and not term.is_name
