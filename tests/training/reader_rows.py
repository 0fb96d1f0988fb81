"""A harbour with words of its own: who holds a ship's papers is told in a way that no reader knows yet."""

from typing import Any

SHIPS = (
    *("Velia", "Tamsin", "Orlo", "Pernel", "Kasta", "Merrow", "Sundew", "Brask"),
    *("Halcyon", "Nerine", "Tovik", "Alder", "Corran", "Ysolt", "Fenna", "Rook"),
)


def ship_rows(split: str, *, of: slice = slice(None)) -> list[dict[str, Any]]:
    """For each chosen ship one accepted span of relevance: "Which desk clears Velia?" is answered by the
    sentence about her papers.
    """
    return [_row(split, number, ship) for number, ship in list(enumerate(SHIPS))[of]]


def _row(split: str, number: int, ship: str) -> dict[str, Any]:
    before = f"{ship} left the quay on the morning tide. The crew of {ship} is {number + 11} strong. "
    span = f"Fenwick {number} holds her papers until she is released."
    after = (
        f" {ship} carries {number * 3 + 20} crates of tinned fish for the islands."
        f" The harbour master wished {ship} a calm crossing."
    )
    return {
        "id": f"ship-{number}",
        "task": "relevance",
        "input": {
            "question": f"Which desk clears {ship}?",
            "passage": before + span + after,
            "title": "Harbour log",
            "passage_id": number,
            "start": len(before),
            "end": len(before) + len(span),
        },
        "value": {"grade": 3},
        "split": split,
        "group": ship,
        "language": "en",
        "weight": 1.0,
    }
