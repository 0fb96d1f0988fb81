"""The list of findings: what was asked for, the findings that match, and the counts beside each choice.

Everything is counted over what the reader may read.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict

from donovan.access.models import Collection
from donovan.insight.anomalies.checks.detections import KINDS
from donovan.insight.anomalies.models import Disposition
from donovan.insight.anomalies.selectors import OPEN, SET_ASIDE, Shown, findings
from retrieval.scope import AccessScope

ON_A_PAGE = 50
MOST = 2000
STATES = {
    OPEN: "open",
    **{str(value): str(label) for value, label in Disposition.Verdict.choices},
    SET_ASIDE: "set aside by a learnt rule",
}
FACETS = {"state": "Disposition", "kind": "Kind", "collection": "Collection", "document": "Document"}
_VALUES: dict[str, Callable[[Shown], str]] = {
    "state": lambda shown: shown.state,
    "kind": lambda shown: shown.finding.kind,
    "collection": lambda shown: shown.collection,
    "document": lambda shown: str(shown.finding.document_id),
}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; without a word about the disposition, what is still open."""

    state: str = OPEN
    kind: str = ""
    collection: str = ""
    document: str = ""
    page: int = 1

    @classmethod
    def from_address(cls, asked: QueryDict) -> "Wanted":
        number = asked.get("page", "1")
        state = asked.get("state", OPEN)
        return cls(
            state=state if state in STATES or state == "any" else OPEN,
            kind=asked.get("kind", "")[:40],
            collection=asked.get("collection", "")[:80],
            document=asked.get("document", "")[:40],
            page=int(number) if number.isdecimal() and len(number) < 7 else 1,
        )

    def fits(self, shown: Shown, *, but: str = "") -> bool:
        """Whether a finding is asked for, one choice left aside."""
        return all(
            name == but or wanted in ("", "any") or _VALUES[name](shown) == wanted
            for name, wanted in self.choices.items()
        )

    @property
    def choices(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in FACETS}

    @property
    def narrows(self) -> bool:
        return bool(self.kind or self.collection or self.document or self.state != OPEN)

    def address(self, **changes: str) -> str:
        query = QueryDict(mutable=True)
        for name, value in {**self.choices, **changes}.items():
            if value and not (name == "state" and value == OPEN):
                query[name] = value
        return query.urlencode()


@dataclass(frozen=True)
class Choice:
    title: str
    count: int
    is_chosen: bool
    address: str


@dataclass(frozen=True)
class Listing:
    """One page of findings. `total` counts all that match."""

    rows: list[Shown]
    total: int
    page: int
    pages: int
    facets: list[tuple[str, list[Choice]]]

    @property
    def first(self) -> int:
        return (self.page - 1) * ON_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def list_findings(scope: AccessScope, wanted: Wanted) -> Listing:
    """The page that is asked for, with the choices over everything that the reader may read."""
    everything = findings(scope)
    matching = [shown for shown in everything if wanted.fits(shown)]
    pages = max(-(-min(len(matching), MOST) // ON_A_PAGE), 1)
    page = min(max(wanted.page, 1), pages)
    begin = (page - 1) * ON_A_PAGE
    titles = {
        "state": STATES,
        "kind": {kind: kind for kind in KINDS},
        "collection": dict(Collection.objects.values_list("slug", "title")),
        "document": {str(shown.finding.document_id): str(shown.finding.document) for shown in everything},
    }
    facets = []
    for name, title in FACETS.items():
        counts = Counter(_VALUES[name](shown) for shown in everything if wanted.fits(shown, but=name))
        chosen = getattr(wanted, name)
        if chosen and chosen != "any":
            counts.setdefault(chosen, 0)
        choices = [
            Choice(
                titles[name].get(key, key),
                count,
                key == chosen,
                wanted.address(**{name: ("any" if name == "state" else "") if key == chosen else key}),
            )
            for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        facets.append((title, choices))
    return Listing(matching[begin : begin + ON_A_PAGE], len(matching), page, pages, facets)
