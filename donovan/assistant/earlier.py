"""What an earlier answer of a thread asked about and told: the names that a follow-up may point back to."""

from dataclasses import dataclass, replace
from functools import cached_property

from donovan.assistant.models import Answer, Citation
from donovan.assistant.naming import PERSON, PLACE, UNKNOWN, Named, names_cited, names_in, plain
from donovan.assistant.questions import language_of_question, read_question

_EXPECTED_KIND = {"person": PERSON, "place": PLACE}


@dataclass(frozen=True)
class Earlier:
    """An answer that its owner may still read."""

    answer: Answer

    @property
    def question(self) -> str:
        """The question as it was read."""
        return self.answer.read_as or self.answer.question

    @property
    def lent(self) -> frozenset[str]:
        """The labels of the question as it was read: those of its answer, where it was lent a name."""
        return frozenset(self.answer.labels if self.answer.read_as else ())

    @cached_property
    def statements(self) -> list[tuple[str, list[Citation]]]:
        """The supported statements in order, each with its citations."""
        rows = self.answer.claims.filter(is_supported=True).prefetch_related("citations")
        return [(claim.text, list(claim.citations.all())) for claim in rows]

    @cached_property
    def expects(self) -> str:
        """The kind of name that the question asked for; UNKNOWN where it asked for none."""
        question = read_question(self.question, language_of_question(self.question))
        return _EXPECTED_KIND.get(question.expects, UNKNOWN)

    @cached_property
    def asked_about(self) -> list[Named]:
        """The names of the question; where its words do not tell their kind, the cited pages may."""
        known = [named for named in self._named if named.kind]
        found = []
        for named in names_in(self.question, language_of_question(self.question)):
            same = next((one for one in known if _is_part(one, named) or _is_part(named, one)), None)
            kind = same.kind if same and not named.kind else named.kind
            labels = frozenset[str]() if _is_in(named, self.answer.question) else self.lent
            found.append(replace(named, kind=kind, labels=labels))
        return found

    @cached_property
    def told(self) -> list[Named]:
        """The names that the statements brought; one that nothing else tells is of the kind asked for."""
        asked = plain(self.question)
        fresh = [named for named in self._named if plain(named.text) not in asked]
        return [replace(named, kind=named.kind or self.expects) for named in fresh]

    @cached_property
    def _named(self) -> list[Named]:
        found: list[Named] = []
        for text, citations in self.statements:
            labels = frozenset(citation.label for citation in citations)
            known = [named for named in names_cited(citations) if _is_in(named, text)]
            found += known
            found += [
                replace(named, labels=labels)
                for named in names_in(text, language_of_question(text))
                if not any(_is_part(named, one) or _is_part(one, named) for one in known)
            ]
        return found


def _is_part(one: Named, other: Named) -> bool:
    return _is_in(one, other.text)


def _is_in(named: Named, text: str) -> bool:
    return f" {plain(named.text)} " in f" {plain(text)} "
