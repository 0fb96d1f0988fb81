"""Each base model tells where it comes from, because some sites exclude makers."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from deploy import chosen_model
from donovan.access.models import User
from donovan.llm.cards import FOLDER, read_cards
from donovan.llm.weights import PACKAGED_DIGEST
from donovan.training.base_cards import INGEST_CARDS, RETRIEVAL_CARDS, base_rows
from ingest import ocr_neural
from retrieval import multilingual
from retrieval.base_models import ENGLISH


def test_every_model_that_installs_or_can_be_chosen_has_a_card_that_says_all() -> None:
    cards = {card.digest: card for card in read_cards((FOLDER, RETRIEVAL_CARDS, INGEST_CARDS))}
    offered = {model.digest for model in chosen_model.offered().values()}
    pinned = {PACKAGED_DIGEST, ENGLISH.digest, multilingual.WEIGHTS_DIGEST}
    pinned.add(ocr_neural.DIGESTS[ocr_neural.READS_LINES])
    assert set(cards) == offered | pinned
    for card in cards.values():
        assert all((card.name, card.title, card.use, card.maker, card.country, card.licence, card.note))


@pytest.mark.django_db
def test_the_page_shows_maker_country_and_licence_of_the_chosen_model(
    mia: User, client_for: Callable[[User], Client], settings
) -> None:
    page = client_for(mia).get(reverse("training:models")).content.decode()
    assert "Hugging Face" in page and "Alibaba" not in page
    qwen = chosen_model.offered()["qwen2.5-coder-0.5b"]
    settings.LLM_MODEL, settings.LLM_DIGEST = f"/models/{qwen.file}", qwen.digest
    page = client_for(mia).get(reverse("training:models")).content.decode()
    assert "Alibaba Cloud (Qwen)" in page and "China" in page and "Apache-2.0" in page
    assert "Hugging Face" not in page


@pytest.mark.django_db
def test_a_site_that_excludes_an_origin_sees_no_model_of_it_in_use(
    mia: User, client_for: Callable[[User], Client], settings
) -> None:
    address = reverse("training:models")
    assert "Baidu (PaddleOCR)" in client_for(mia).get(address).content.decode()
    settings.EXCLUDED_ORIGINS = frozenset({"CN"})
    assert "Baidu" not in client_for(mia).get(address).content.decode()


def test_a_file_that_no_card_knows_is_not_given_an_origin(settings, tmp_path: Path) -> None:
    settings.LLM_MODEL, settings.LLM_DIGEST = str(tmp_path / "own.gguf"), hashlib.sha256(b"own").hexdigest()
    row = base_rows()[0]
    assert (row.title, row.card) == ("own", None)
    assert row.problem.startswith("No card tells who made this.")
