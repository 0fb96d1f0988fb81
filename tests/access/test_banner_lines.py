"""Lines as real papers have them: each is read as it is meant, or held; none is passed over."""

import json
import os
from pathlib import Path

import pytest

from donovan.library.marks_in_files import markings_in
from ingest.label_checks import Said
from tests.access.banner_lines import HELD, held_and_read, lines

DATA = os.environ.get("DONOVAN_EVAL_DATA", "")


def test_each_line_is_read_as_it_is_meant_or_held() -> None:
    found = held_and_read()
    assert not found.wrong, "\n".join(found.wrong)
    assert found.total == found.read + found.held == len(dict(lines()))
    assert sum(meaning == HELD for _, meaning in lines()) == found.held


@pytest.mark.skipif(not DATA, reason="The public papers are not here (DONOVAN_EVAL_DATA).")
def test_every_marking_of_the_public_papers_of_the_fifties_is_read_or_held() -> None:
    papers = map(json.loads, (Path(DATA) / "documents" / "frus.jsonl").read_text("utf-8").splitlines())
    seen = {
        "; ".join([paper["classification"], *json.loads(str(paper["markings"]).replace("'", '"'))]).upper()
        for paper in papers
        if paper["classification"]
    }
    assert len(seen) > 20
    for line in sorted(seen):
        borne = markings_in([Said(f"{line}\n\nThe ford is deep.")], {}, frozenset())
        assert borne.markings or borne.is_in_doubt, line
