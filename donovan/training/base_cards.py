"""What every trained model stands on: the base models in use here, each with its origin."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from donovan.llm.cards import FOLDER, Card, read_cards
from donovan.llm.interface import ModelUnavailable
from donovan.llm.weights import chosen_weights
from ingest import ocr_engines, ocr_neural
from retrieval import multilingual
from retrieval.base_models import MULTILINGUAL, chosen
from retrieval.embedding import base_folder, verify_weights
from retrieval.embedding_errors import EmbedderUnavailable

INGEST_CARDS = Path(ocr_neural.__file__).resolve().parent / "cards"
RETRIEVAL_CARDS = Path(multilingual.__file__).resolve().parent / "cards"
NO_CARD = (
    "No card tells who made this. Whoever brought it here knows; check it against the rules of your site."
)


@dataclass(frozen=True)
class BaseRow:
    """One base model as the page shows it. `card` is None for a model that no card knows, and `problem` says
    why then, or what keeps it from being read.
    """

    title: str
    digest: str
    card: Card | None
    problem: str = ""


def base_rows() -> list[BaseRow]:
    """The language model, the embedder, what the reader stands on and the second engine for scans, as this
    installation uses them.
    """
    cards = {card.digest: card for card in read_cards((FOLDER, RETRIEVAL_CARDS, INGEST_CARDS))}
    rows = [_language_model(cards), _embedder(cards)]
    of_reader = _row(cards, multilingual.NAME, multilingual.WEIGHTS_DIGEST)
    rows += [] if of_reader in rows else [of_reader]
    if ocr_engines.ORIGIN_OF_NEURAL in settings.EXCLUDED_ORIGINS:
        return rows
    return [*rows, _row(cards, "PP-OCR", ocr_neural.DIGESTS[ocr_neural.READS_LINES])]


def _row(cards: dict[str, Card], title: str, digest: str) -> BaseRow:
    card = cards.get(digest)
    return BaseRow(card.title if card else title, digest, card, "" if card else NO_CARD)


def _language_model(cards: dict[str, Card]) -> BaseRow:
    if settings.LLM_PROVIDER != "embedded":
        return BaseRow("language model of an endpoint", "", None, NO_CARD)
    try:
        weights = chosen_weights(settings.LLM_MODEL, settings.LLM_DIGEST)
    except ModelUnavailable as error:
        return BaseRow("language model", "", None, error.sentence)
    return _row(cards, weights.name, weights.digest)


def _embedder(cards: dict[str, Card]) -> BaseRow:
    packaged = chosen()
    if packaged == MULTILINGUAL:
        return _row(cards, packaged.name, multilingual.WEIGHTS_DIGEST)
    if packaged is not None:
        return _row(cards, packaged.name, packaged.digest)
    try:
        folder = base_folder()
        return _row(cards, folder.name, verify_weights(folder))
    except EmbedderUnavailable as error:
        return BaseRow("embedder", "", None, error.sentence)
