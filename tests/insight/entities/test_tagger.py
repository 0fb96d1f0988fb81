"""The packaged tagger of names on its real model: what it finds, how it stands beside the rules, and what
happens without it.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from donovan.access.models import User
from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.recognisers import default_recognisers, installed_recognisers
from donovan.insight.entities.recognisers.tagger import TaggerRecogniser
from donovan.insight.entities.recognition import Found
from donovan.insight.entities.selectors import EntityRow
from donovan.insight.errors import InsightError
from retrieval import tagger, tagger_host
from retrieval.base_models import ENGLISH
from retrieval.model_folders import ModelTampered, read_model
from retrieval.tagger import PACKAGED, LocalTagger, TaggerUnavailable, get_tagger, local_tagger, why_not
from retrieval.tagger_network import MOST_PIECES, windows_of
from tests.insight.entities.conftest import SECRET, Read

pytestmark = [pytest.mark.django_db, pytest.mark.model]


@pytest.fixture(autouse=True)
def _on(settings: LazySettings) -> None:
    settings.NER_TAGGER = True


def names_in(text: str, kind: str, language: str = "") -> list[str]:
    batches = extract([PageText(1, text, language)], installed_recognisers(), None)
    return [m.found.text for batch in batches for m in batch.mentions if m.found.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Qamile Bajrovska told the court that she had sold the boat.", "person", "Qamile Bajrovska"),
        ("Los agentes vieron a Iñaki Zubeldrain cerca del muelle.", "person", "Iñaki Zubeldrain"),
        ("Вчера Тамерлан Жургенбаев рассказал следователю о лодке.", "person", "Тамерлан Жургенбаев"),
        ("Jučer je Zvjezdana Krkač ispričala istražitelju da je brod prodan.", "person", "Zvjezdana Krkač"),
        ("She works for Brunnhild Logistics in the port.", "organisation", "Brunnhild Logistics"),
        ("They drove from Velkograd to the coast and slept in Morabella.", "place", "Velkograd"),
    ],
)
def test_a_name_that_no_list_holds_is_found_by_what_stands_around_it(text: str, kind: str, name: str) -> None:
    assert name in names_in(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "RE: Noise at night\nDear all, the office has called again.",
        "This is NON negotiable, and NOT now.",
        "They need HELP NOW, said the clerk.",
        "All boxes were SEALED. Nobody had sealed them before.",
    ],
)
def test_what_is_no_name_stays_none(text: str) -> None:
    assert [names_in(text, kind) for kind in ("person", "organisation", "place")] == [[], [], []]


def test_forms_stay_with_the_rules() -> None:
    text = "Gen. Joseph Votel met Maliki in Mosul, Iraq on 5 May 2016 (grid 38S LF 12345 67890), $5,000."

    def closed(parts: tuple[object, ...]) -> list[Found]:
        batches = extract([PageText(1, text, "en")], parts, None)  # type: ignore[arg-type]
        kinds = ("date", "coordinate", "money")
        return [m.found for batch in batches for m in batch.mentions if m.found.kind in kinds]

    assert closed(installed_recognisers()) == closed(default_recognisers()) != []
    assert "Gen. Joseph Votel" in names_in(text, "person", "en")


def test_offsets_are_those_of_a_long_page_and_no_window_cuts_a_name() -> None:
    said = "Then Lenka Dvorakova told the officer that she had lost her keys. "
    text = "\n".join(["It rained all day, and nobody went out to the boats. " * n + said for n in range(12)])
    found = TaggerRecogniser(local_tagger()).find(text, "en")
    assert [text[m.start : m.end] for m in found] == [m.text for m in found]
    assert {m.start for m in found} == {m.start() for m in re.finditer("Lenka Dvorakova", text)}


def test_windows_follow_each_other_and_end_with_a_sentence() -> None:
    text = "one two three. " * 400
    places = [(at, at + len(word)) for at, word in _words(text)]
    windows = windows_of(text, places)
    assert [a for a, _ in windows[1:]] == [b for _, b in windows[:-1]]
    assert (windows[0][0], windows[-1][1]) == (0, len(places))
    assert all(b - a < MOST_PIECES for a, b in windows)
    assert all(text[: places[b - 1][1]].endswith(".") for _, b in windows)


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word))
        at += len(word)
    return found


def test_no_other_text_moves_a_chance() -> None:
    text = "Qamile Bajrovska works for Brunnhild Logistics."
    (alone,) = local_tagger().tag([text])
    assert local_tagger().tag(["Вчера шёл дождь.", text * 9, text])[2] == alone != []


def test_the_host_says_the_same_and_refuses_another_model() -> None:
    text = "Qamile Bajrovska works for Brunnhild Logistics."
    said = tagger_host.answer({"do": "describe tagger"})
    assert said["name"] == local_tagger().name == tagger.packaged_name()
    names = tagger_host.answer({"do": "tag", "model": said["name"], "texts": [text]})["names"][0]
    assert [tuple(name) for name in names] == [
        (n.start, n.end, n.kind, n.chance) for n in local_tagger().tag([text])[0]
    ]
    assert tagger_host.answer({"do": "tag", "model": "other", "texts": [text]}) == {"name": said["name"]}
    assert "error" in tagger_host.answer({"do": "tag", "texts": 5})


def test_a_host_that_goes_away_is_a_sentence_and_nothing_is_half_read() -> None:
    class Gone:
        name, sure = "gone", local_tagger().sure

        def tag(self, texts: object) -> list[list[tagger.TaggedName]]:
            raise TaggerUnavailable("The embedding host went away.")

    with pytest.raises(InsightError, match="went away"):
        TaggerRecogniser(Gone()).find("Qamile Bajrovska", "en")


def test_a_changed_file_is_refused_and_the_rules_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tagger"
    shutil.copytree(PACKAGED, folder)
    said = json.loads((folder / "tagger.json").read_text())
    said["thresholds"]["person"] = 0.0
    (folder / "tagger.json").write_text(json.dumps(said))
    with pytest.raises(ModelTampered):
        read_model(folder)
    monkeypatch.setattr(tagger, "PACKAGED", folder)
    monkeypatch.setattr(tagger, "_here", tagger._Here())
    with pytest.raises(TaggerUnavailable, match="was changed after it was written"):
        get_tagger()
    assert "tagger" not in [part.name for part in installed_recognisers()]


@pytest.mark.parametrize(
    "without",
    [
        ("NER_TAGGER", False, "DONOVAN_NER_TAGGER=0"),
        ("EMBEDDER", ENGLISH.name, "needs the multilingual embedding model"),
        ("MULTILINGUAL_MODEL", "/nowhere", "is not in /nowhere"),
    ],
)
def test_without_its_base_or_by_the_settings_the_rules_go_on_and_it_is_said(
    client_for: Callable[[User], Client], ana: User, settings: LazySettings, without: tuple[str, object, str]
) -> None:
    name, value, says = without
    setattr(settings, name, value)
    assert says in why_not()
    assert [part.name for part in installed_recognisers()] == [p.name for p in default_recognisers()]
    page = client_for(ana).get("/entities/").content.decode()
    assert "by rules alone" in page
    assert says in page


def test_a_base_that_is_another_model_is_no_base(tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError)):
        LocalTagger(read_model(PACKAGED), tmp_path)


def test_a_secret_document_changes_nothing_for_who_may_not_read_it(
    read: Read, ana: User, ben: User, seen_by: Callable[[User], dict[str, EntityRow]]
) -> None:
    text = "Yesterday Qamile Bajrovska told the court that she had sold the boat."
    read(text)
    before = seen_by(ben)
    read(f"{text} Then Orsolya Vidrasku paid for it.", "other.txt", marking=SECRET)
    assert seen_by(ben) == before
