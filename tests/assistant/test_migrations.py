"""What was kept before there were three endings is kept with the ending it had."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("assistant", "0001_initial")], [("assistant", "0002_three_endings")]
DENIAL = "This is not in the documents you may read. 12 passages of 3 documents were searched."
ROWS = (
    ("Refused?", "ask", "done", True, "nothing"),
    ("Answered?", "ask", "done", False, "answered"),
    ("Open?", "ask", "waiting", False, ""),
    ("Failed?", "ask", "failed", False, ""),
    ("A summary", "summary", "done", False, ""),
)


@pytest.mark.django_db(transaction=True)
def test_old_answers_get_their_ending_and_old_threads_their_place() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        state = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        user = state.get_model("access", "User").objects.create(username="old")
        thread = state.get_model("assistant", "Thread").objects.create(owner=user, title="Roads")
        answers = state.get_model("assistant", "Answer").objects
        for question, kind, done, refused, _ending in ROWS:
            text = DENIAL if refused else "On 5 July."
            answers.create(question=question, kind=kind, state=done, refused=refused, owner=user, text=text)
        for filters in ({"collection": "logistics"}, {"collection": "relief", "language": "es"}):
            answers.create(question="Where?", owner=user, thread=thread, filters=filters)
        MigrationExecutor(connection).migrate(AFTER)
        now = MigrationExecutor(connection).loader.project_state(AFTER).apps
        found = now.get_model("assistant", "Answer").objects
        assert {row.question: row.ending for row in found.filter(thread=None)} == {
            question: ending for question, _kind, _state, _refused, ending in ROWS
        }
        assert found.get(question="Answered?").text == "On 5 July."
        assert found.get(question="Refused?").text == (
            "Nothing that answers this was found. 12 passages of 3 documents were searched."
        )
        assert now.get_model("assistant", "Thread").objects.get().filters == {"collection": "relief"}
    finally:
        MigrationExecutor(connection).migrate(latest)
