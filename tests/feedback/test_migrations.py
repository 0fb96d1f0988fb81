"""What was kept as judgements before is there as labels afterwards, and nothing is lost on the way."""

import importlib

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("feedback", "0001_initial")], [("feedback", "0003_labels_by_task")]
ROWS = (
    (
        "claim",
        "7",
        "unsupported",
        {"claim": "It reopened.", "citations": [{"quote": "It did.", "document": "d"}]},
    ),
    ("answer", "a-1", "useful", {"answer": "On 12 March."}),
    ("passage", "9", "not_relevant", {"text": "Two lanes.", "document": "d"}),
)


@pytest.mark.django_db(transaction=True)
def test_judgements_become_labels_without_loss_and_go_back():
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        state = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        user = state.get_model("access", "User").objects.create(username="old")
        old = state.get_model("feedback", "FeedbackLabel")
        for target, target_id, verdict, shown in ROWS:
            old.objects.create(
                target=target, target_id=target_id, verdict=verdict, shown=shown, question="When?",
                labels=["relief:SECRET"], marking="SECRET", author=user, correction="no",
            )  # fmt: skip
        MigrationExecutor(connection).migrate(AFTER)
        new = MigrationExecutor(connection).loader.project_state(AFTER).apps.get_model("feedback", "Label")
        rows = {row.target: row for row in new.objects.all()}
        assert {target: row.task for target, row in rows.items()} == {
            "claim": "claim_support",
            "answer": "usefulness",
            "passage": "relevance",
        }
        assert rows["claim"].value["verdict"] == "unsupported"
        assert rows["claim"].shown["input"] == {
            "question": "When?",
            "claim": "It reopened.",
            "evidence": ["It did."],
        }
        assert rows["claim"].documents == ["d"]
        assert rows["answer"].value == {"useful": True}
        assert rows["passage"].value == {"grade": 0}
        assert {row.correction for row in rows.values()} == {"no"}
        MigrationExecutor(connection).migrate(BEFORE)
        assert sorted(old.objects.values_list("target", "verdict")) == sorted(row[::2] for row in ROWS)
    finally:
        MigrationExecutor(connection).migrate(latest)


def test_every_button_of_then_has_its_value_of_today_in_the_migration():
    migration = importlib.import_module("donovan.feedback.migrations.0002_one_model_of_label")
    targets = importlib.import_module("donovan.feedback.targets")
    today = {str(key): value for key, value in targets.VALUES.items()}
    assert {key: today[key] for key in migration.VALUE_OF} == migration.VALUE_OF
