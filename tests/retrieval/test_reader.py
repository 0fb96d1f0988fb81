"""The shipped reader on its real base: what it says is a function of the texts alone, and its files are
checked.
"""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from retrieval.model_folders import ModelTampered, read_model
from retrieval.reader import PACKAGED, LocalReader, ReaderUnavailable, Window, local_reader

pytestmark = [pytest.mark.django_db, pytest.mark.model]

BRIDGE = "The Orlov bridge was closed on 3 March. Ana Kos leads the repair. The river is high."
SPANS = ((0, 39), (40, 65), (66, 84))


def window(text: str = BRIDGE, spans: tuple[tuple[int, int], ...] = SPANS) -> Window:
    return Window("Report", text, spans)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("When was the bridge closed?", 0),
        ("Who is in charge of the works?", 1),
        ("¿Quién dirige la reparación?", 1),
        ("Когда закрыли мост?", 0),
    ],
)
def test_the_span_that_answers_stands_above_its_neighbours(question: str, place: int) -> None:
    (readings,) = local_reader().read(question, [window()])
    assert max(range(3), key=lambda i: readings[i].score) == place
    assert [(reading.start, reading.end) for reading in readings] == list(SPANS)


def test_no_neighbour_and_no_memory_moves_a_score() -> None:
    reader = local_reader()
    question = "Who leads the repair?"
    (alone,) = reader.read(question, [window()])
    beside = reader.read(question, [window("The mill burns.", ((0, 15),)), window(), window()])
    assert beside[1] == beside[2] == alone


def test_a_span_beyond_what_is_read_is_never_the_best() -> None:
    text = "word " * 2000 + "The bridge was closed on 3 March."
    (readings,) = local_reader().read(
        "When was the bridge closed?", [window(text, ((0, 50), (10_000, len(text))))]
    )
    assert readings[1].score == float("-inf") < readings[0].score


def test_a_statement_is_borne_out_by_its_own_words_and_not_by_others() -> None:
    statement = "The Orlov bridge was closed on 3 March."
    same, other = local_reader().judge(
        [(statement, statement), (statement, "Rice was unloaded at the port.")]
    )
    assert same.supported > other.supported
    assert 0 <= same.supported + same.contradicted <= 1


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(PACKAGED, folder)
    said = json.loads((folder / "reader.json").read_text())
    said["thresholds"]["answered"] = 0.0
    (folder / "reader.json").write_text(json.dumps(said))
    with pytest.raises(ModelTampered):
        read_model(folder)


def test_without_its_base_the_reader_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnavailable, match="make run") as refused:
        LocalReader(read_model(PACKAGED), tmp_path)
    assert str(tmp_path) in refused.value.sentence
    assert settings.MULTILINGUAL_MODEL
