"""Items of runs of before, which say nothing of what they quote, get the marking of all built-in texts."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("evaluation", "0002_labels_of_now")]
AFTER = [("evaluation", "0003_markings_of_items")]
ALL = "SECRET//HARBOR//CUI//NOFORN"


@pytest.mark.django_db(transaction=True)
def test_what_is_not_known_item_by_item_is_marked_as_all_built_in_texts_are() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        state = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        user = state.get_model("access", "User").objects.create(username="old")
        run_model, score_model = (state.get_model("evaluation", name) for name in ("SuiteRun", "ItemScore"))
        for suite, marking in (("answers", ""), ("red-team", "SECRET//SI"), ("translation", "")):
            run = run_model.objects.create(suite=suite, subject_digest="", started_by=user, marking=marking)
            items = ["built-in:es-en:01"] if suite == "translation" else ["demo:01:ana", "xquad-en:0001"]
            for item in items:
                score_model.objects.create(run=run, item=item, metric="gold", score=1.0)
        MigrationExecutor(connection).migrate(AFTER)
        now = MigrationExecutor(connection).loader.project_state(AFTER).apps
        runs = now.get_model("evaluation", "SuiteRun").objects.all()
        assert {run.suite: (run.marking, run.figures_marking) for run in runs} == {
            "answers": (ALL, ""),
            "red-team": ("SECRET//HARBOR/SI//CUI//NOFORN", "SECRET//SI"),
            "translation": ("", ""),
        }
        scores = now.get_model("evaluation", "ItemScore").objects.all()
        assert {score.item: score.marking for score in scores} == {
            "demo:01:ana": ALL,
            "xquad-en:0001": "",
            "built-in:es-en:01": "",
        }
    finally:
        MigrationExecutor(connection).migrate(latest)
