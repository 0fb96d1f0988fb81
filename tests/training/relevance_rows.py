"""Twenty questions over twenty passages of an invented town, as rows of relevance."""

from typing import Any

_TOWN = (
    (
        "Harbour",
        "The harbour of Velm has eleven berths and a crane of ninety tons.",
        "How many berths has Velm?",
    ),
    (
        "Mill",
        "The old mill grinds barley on Mondays for the three bakers of the town.",
        "When is barley ground?",
    ),
    (
        "Bridge",
        "A wooden bridge crosses the Orra below the tannery since the flood.",
        "What crosses the Orra?",
    ),
    (
        "School",
        "Ninety pupils learn sums and sewing in the school beside the chapel.",
        "How many pupils are there?",
    ),
    (
        "Well",
        "The deep well behind the market was dug by the salt guild in one winter.",
        "Who dug the deep well?",
    ),
    (
        "Ferry",
        "The ferry to Isle Tarn leaves at dawn and comes back with the post.",
        "When does the ferry leave?",
    ),
    ("Mayor", "Mayor Ilse Brandt keeps bees and signs decrees with green ink.", "What does the mayor keep?"),
    (
        "Tower",
        "The watch tower holds a bell cast from the cannon of the siege.",
        "What was the bell cast from?",
    ),
    (
        "Forest",
        "Charcoal burners live in the north forest from May until the first frost.",
        "Who lives in the forest?",
    ),
    (
        "Market",
        "Eels, onions and rope are sold at the market under the striped awning.",
        "What is sold at the market?",
    ),
    (
        "Road",
        "The post road to Hest is paved with slate and closed in deep snow.",
        "What is the post road paved with?",
    ),
    (
        "Inn",
        "The inn called Blue Otter lets six rooms and brews a dark beer.",
        "How many rooms does the Blue Otter let?",
    ),
    (
        "Doctor",
        "Doctor Quill treats fevers with willow bark and takes fish as payment.",
        "How are fevers treated?",
    ),
    (
        "Library",
        "The library lends forty books, most of them about stars and tides.",
        "What are the books about?",
    ),
    (
        "Prison",
        "The prison has been empty for a decade and now stores apples.",
        "What is stored in the prison?",
    ),
    (
        "Lighthouse",
        "The lighthouse on Cape Sorn burns whale oil and blinks twice.",
        "Where does the light blink twice?",
    ),
    (
        "Quarry",
        "Grey granite from the quarry went into the steps of the town hall.",
        "Where did the granite go?",
    ),
    (
        "Theatre",
        "Travelling actors play comedies in the barn that serves as theatre.",
        "What do the actors play?",
    ),
    (
        "Railway",
        "The narrow railway carries turf from the moor to the kilns.",
        "What does the railway carry?",
    ),
    (
        "Festival",
        "At the lantern festival children float paper boats on the pond.",
        "What do children float on the pond?",
    ),
)


def relevance_rows(split: str, *, of: slice = slice(None)) -> list[dict[str, Any]]:
    """One good row for each chosen place of the town, and for every third a rejected one."""
    rows = []
    for number, (title, text, question) in list(enumerate(_TOWN))[of]:
        rows.append(_row(split, number, question, title, text, grade=3 if number % 2 else 2))
        if number % 3 == 0:
            other = _TOWN[(number + 5) % len(_TOWN)]
            rows.append(_row(split, number, question, other[0], other[1], grade=0))
    return rows


def _row(split: str, number: int, question: str, title: str, text: str, *, grade: int) -> dict[str, Any]:
    return {
        "id": f"{number}-{title}",
        "task": "relevance",
        "input": {"question": question, "passage": text, "title": title, "passage_id": title},
        "value": {"grade": grade},
        "split": split,
        "group": title,
        "document": title,
        "language": "en",
        "source": "test",
        "scan_quality": "",
        "date": "",
        "marking": "",
        "labels": ["test"],
        "weight": 1.0,
        "annotators": ["ana"],
    }
