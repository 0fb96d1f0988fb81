"""Which skills may be shown: only those that the labels can tell. Pure functions.

How often somebody is right is told by known answers and by what others say of the same items. Of two people
who disagree nobody can say who is wrong; so without known answers a skill needs two others, with whom the
person has items in common and who have some in common with each other.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

LEAST_COMPARED = 20
LEAST_KNOWN = 10
LEAST_IN_COMMON = 5


def shown_skills(
    votes: Sequence[tuple[str, str, str]], known: Mapping[str, str], skills: Mapping[str, float]
) -> dict[str, float]:
    """The skills of those of whom the labels tell one, by person. `votes` are (item, person, answer), `known`
    the right answers by item, `skills` what was fitted.
    """
    people_of: dict[str, set[str]] = defaultdict(set)
    labels_of: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for item, person, answer in votes:
        people_of[item].add(person)
        labels_of[person].append((item, answer))
    common = Counter(pair for people in people_of.values() for pair in combinations(sorted(people), 2))
    met = {pair for pair, items in common.items() if items >= LEAST_IN_COMMON}
    found: dict[str, float] = {}
    for person, labels in labels_of.items():
        sure = [known[item] == answer for item, answer in labels if item in known]
        compared = sum(item in known or len(people_of[item]) > 1 for item, _ in labels)
        if person in skills and compared >= LEAST_COMPARED and _is_in_a_triangle(person, met):
            found[person] = skills[person]
        elif len(sure) >= LEAST_KNOWN:
            found[person] = sum(sure) / len(sure)
    return found


def _is_in_a_triangle(person: str, met: set[tuple[str, str]]) -> bool:
    others = sorted({one for pair in met if person in pair for one in pair} - {person})
    return any(pair in met for pair in combinations(others, 2))
