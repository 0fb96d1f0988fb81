"""Whether two spans speak of the same matter, so that their values may be compared."""

from donovan.assistant.questions import Question
from donovan.assistant.reconciliation.accounts import Account
from donovan.assistant.reconciliation.tense import time_words
from donovan.assistant.reconciliation.values import StateValue
from donovan.assistant.spans import Span
from donovan.assistant.terms import names_of, stem_of, stems_in

SHARE = 0.8
_LEAST_SHARED = 2


def is_same_matter(question: Question, best: Account, other: Account) -> bool:
    """Whether the other span covers what the better one covers of the question: its names and numbers all,
    the rest of its words nearly, and names nobody else instead. The state that they give is what they say of
    the matter and no part of it, and so is "still": neither stands in "the bridge reopened".
    """
    mine, theirs = _near(question, best.span), _near(question, other.span)
    about = question.stems - stems_in(time_words(question.text), question.language)
    shared = (about & mine) - _states(question, best) - _states(question, other)
    if not shared or len(shared & theirs) < max(min(_LEAST_SHARED, len(shared)), round(SHARE * len(shared))):
        return False
    named = frozenset[str]().union(*question.name_stems)
    firm = {stem for stem in shared if stem in named or any(character.isdigit() for character in stem)}
    if not firm <= theirs:
        return False
    my_names, their_names = _other_names(question, best), _other_names(question, other)
    return not (my_names and their_names and not my_names & their_names)


def _near(question: Question, span: Span) -> frozenset[str]:
    language = span.language or question.language
    return stems_in(span.text, language) | stems_in(span.context, language) | stems_in(span.before, language)


def _states(question: Question, account: Account) -> frozenset[str]:
    """The stems of the states that the account gives."""
    language = account.span.language or question.language
    given = " ".join(value.text for value in account.values if isinstance(value, StateValue))
    return stems_in(given, language)


def _other_names(question: Question, account: Account) -> frozenset[str]:
    """The stems of what the span names beside the question; who says it is not what is spoken of."""
    span = account.span
    language = span.language or question.language
    said_by = stems_in(account.speaker, language)
    found = (stem_of(word, language) for name in names_of(span.plain, language) for word in name)
    values = frozenset(stem_of(word, language) for value in account.values for word in value.text.split())
    return frozenset(found) - question.stems - said_by - values
