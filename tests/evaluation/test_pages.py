"""The pages of evaluation: who enters, what they show, and that nothing shows what may not be read."""

import json
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.evaluation.models import Attack, OwnQuestion, OwnSuite, ScheduledSuite, SuiteRun
from donovan.evaluation.runs import request_run
from donovan.evaluation.subjects import subject_of
from donovan.evaluation.work import SUITE
from ingest.models import Document
from ingest.work.progress import Progress
from retrieval.model_folders import write_model
from tests.assistant.conftest import Asker
from tests.evaluation.conftest import MakeRun
from tests.evaluation.test_attacks import GOOD
from tests.support.work import held_by_a_worker

ClientFor = Callable[[User], Client]
SECRET = "relief:SECRET//HARBOR//NOFORN"


def text_of(client: Client, name: str, *arguments: object, **query: str) -> str:
    response = client.get(reverse(f"evaluation:{name}", args=arguments), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["suites", "attacks", "export-attacks"])
def test_only_reviewers_and_model_owners_enter(
    cast: dict[str, User], client_for: ClientFor, name: str
) -> None:
    address = reverse(f"evaluation:{name}")
    codes = {
        person: client_for(cast[person]).get(address).status_code for person in ("mia", "rita", "ana", "ada")
    }
    assert codes == {"mia": 200, "rita": 200, "ana": 403, "ada": 403}


def test_the_first_page_shows_last_figures_and_trends(
    mia: User, client_for: ClientFor, make_run: MakeRun
) -> None:
    make_run({"q1": 0.5, "q2": 0.25})
    make_run({"q1": 1.0, "q2": 0.25})
    shown = text_of(client_for(mia), "suites")
    assert "0.625" in shown
    assert "last figures, oldest first: 0.375, 0.625" in shown
    assert shown.count("not run yet") == 6


def test_starting_a_run_and_stopping_it(mia: User, client_for: ClientFor) -> None:
    client = client_for(mia)
    started = client.post(
        reverse("evaluation:start"), {"suite": "retrieval", "subject": "base", "size": "quick"}
    )
    run = SuiteRun.objects.get()
    assert started["Location"] == reverse("evaluation:run", args=[run.pk])
    assert "It begins when the training worker is free." in text_of(client, "run", run.pk)
    held = held_by_a_worker(SUITE, run.pk)
    held.on_progress(Progress(3, 9, "asked"))
    assert "3 of 9 asked" in text_of(client, "progress", run.pk)
    client.post(reverse("evaluation:stop", args=[run.pk]))
    assert "It is being stopped." in text_of(client, "progress", run.pk)
    assert held.is_cancel_wanted()
    held.stop()
    run.refresh_from_db()
    assert run.state == SuiteRun.State.STOPPED
    assert client.get(reverse("evaluation:progress", args=[run.pk]))["HX-Refresh"] == "true"


def test_a_run_that_was_stopped_is_gone_on_with(
    cast: dict[str, User], client_for: ClientFor, make_run: MakeRun
) -> None:
    client = client_for(cast["mia"])
    done = make_run({"q1": 1.0})
    assert "Go on" not in text_of(client, "run", done.pk)
    run = request_run("retrieval", subject_of(["base"]), user=cast["mia"])
    client.post(reverse("evaluation:stop", args=[run.pk]))
    shown = text_of(client, "run", run.pk)
    assert "Go on" in shown
    assert "it begins anew" in shown
    address = reverse("evaluation:resume", args=[run.pk])
    client_for(cast["ana"]).post(address)
    run.refresh_from_db()
    assert run.state == SuiteRun.State.STOPPED
    client.post(address)
    run.refresh_from_db()
    assert run.state == SuiteRun.State.WAITING
    assert (
        "stopped or that failed"
        in client.post(reverse("evaluation:resume", args=[done.pk]), follow=True).content.decode()
    )


def test_a_run_says_before_it_begins_how_long_it_takes(
    mia: User, client_for: ClientFor, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DONOVAN_EVAL_DATA", raising=False)
    run = make_run({"q1": 1.0})
    SuiteRun.objects.filter(pk=run.pk).update(seconds=83.0)
    client = client_for(mia)
    assert "About 1 min 23 s in the quick size, about" in text_of(client, "suites")
    waiting = request_run("retrieval", subject_of(["base"]), user=mia)
    assert "In all about 1 min 23 s, as the last time." in text_of(client, "run", waiting.pk)


def test_a_figure_of_a_few_items_says_that_it_tells_nothing(
    mia: User, client_for: ClientFor, make_run: MakeRun
) -> None:
    scores = {f"q{number}": 0.5 + 0.01 * number for number in range(13)}
    languages = {item: "ru" if item in ("q1", "q2") else "en" for item in scores}
    shown = text_of(client_for(mia), "run", make_run(scores, languages=languages).pk)
    assert shown.count("too few to tell") == 1
    assert shown.index("Russian") < shown.index("too few to tell")


def test_triage_models_are_no_subject_and_the_page_says_what_measures_them(
    mia: User, client_for: ClientFor
) -> None:
    write_model("triage", "one", lambda _folder: {})
    write_model("reranker", "two", lambda _folder: {})
    shown = text_of(client_for(mia), "suites")
    assert "reranker/two" in shown
    assert "triage/one" not in shown
    assert "test split of its own data set" in shown
    said = {"suite": "retrieval", "subject": "triage/one", "size": "quick"}
    shown = client_for(mia).post(reverse("evaluation:start"), said, follow=True).content.decode()
    assert "No suite measures a triage model" in shown
    assert not SuiteRun.objects.exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"suite": "nothing"}, "There is no suite"),
        ({"suite": "retrieval", "subject": "embedder/none"}, "no embedder named none"),
        ({"suite": "retrieval", "every_days": "often"}, "whole number"),
        ({"suite": "retrieval", "size": "vast"}, "quick or full"),
    ],
)
def test_what_cannot_be_started_is_said(
    mia: User, client_for: ClientFor, said: dict[str, str], sentence: str
) -> None:
    shown = client_for(mia).post(reverse("evaluation:start"), said, follow=True).content.decode()
    assert sentence in shown
    assert not SuiteRun.objects.exists()


def test_a_suite_can_run_regularly_and_no_more(rita: User, client_for: ClientFor) -> None:
    client = client_for(rita)
    client.post(reverse("evaluation:start"), {"suite": "answers", "size": "quick", "every_days": "7"})
    schedule = ScheduledSuite.objects.get()
    ScheduledSuite.objects.update(next_at="2031-03-04T05:00:00Z")
    shown = text_of(client, "suites")
    assert "every 7 days" in shown
    assert "4 Mar 2031" in shown
    client.post(reverse("evaluation:end-schedule", args=[schedule.pk]))
    schedule.refresh_from_db()
    assert not schedule.is_active


def test_a_run_shows_figures_slices_and_the_worst_items_first(
    mia: User, client_for: ClientFor, make_run: MakeRun
) -> None:
    run = make_run({"q1": 1.0, "q2": 0.125, "q3": 0.5}, languages={"q1": "en", "q2": "ru", "q3": "en"})
    shown = text_of(client_for(mia), "run", run.pk)
    assert "nDCG@10" in shown
    assert "By language" in shown
    assert shown.index("What is q2?") < shown.index("What is q3?") < shown.index("What is q1?")
    assert 'role="img" aria-label="0.542, 95 % interval' in shown


def test_what_may_not_be_read_is_not_there(
    cast: dict[str, User], client_for: ClientFor, make_run: MakeRun
) -> None:
    ana, mia, rita = (cast[name] for name in ("ana", "mia", "rita"))
    labels = {"q1": [SECRET], "q2": []}
    run = make_run({"q1": 1.0, "q2": 0.5}, suite="own:bridges", metric="gold", labels=labels)
    plain = make_run({"q1": 1.0, "q2": 0.5})
    for client, address in (
        (client_for(rita), reverse("evaluation:run", args=[run.pk])),
        (client_for(rita), reverse("evaluation:progress", args=[run.pk])),
        (client_for(rita), f"{reverse('evaluation:compare')}?a={run.pk}&b={run.pk}"),
        (client_for(ana), reverse("evaluation:run", args=[plain.pk])),
        (client_for(mia), f"{reverse('evaluation:compare')}?a={plain.pk}&b=nonsense"),
    ):
        assert client.get(address).status_code == 404, address
    assert "own:bridges" not in text_of(client_for(rita), "suites")


def banner(page: str) -> str:
    found = re.search(r'banner-text">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_the_banner_is_that_of_the_built_in_texts_and_who_is_not_cleared_sees_no_item_of_them(
    cast: dict[str, User], client_for: ClientFor, make_run: MakeRun
) -> None:
    markings = {"q1": "SECRET//HARBOR//NOFORN", "q2": "CUI", "q3": ""}
    a, b = (make_run({"q1": x, "q2": x, "q3": x}, markings=markings) for x in (0.5, 0.25))
    for name, arguments, query in (("run", (a.pk,), {}), ("compare", (), {"a": str(a.pk), "b": str(b.pk)})):
        shown = text_of(client_for(cast["mia"]), name, *arguments, **query)
        assert banner(shown) == "SECRET//HARBOR//CUI//NOFORN"
        assert all(f"What is q{number}?" in shown for number in (1, 2, 3))
        less = text_of(client_for(cast["rita"]), name, *arguments, **query)
        assert banner(less) == "CUI"
        assert "0.500" in less
        assert "What is q1?" not in less
        assert "q1 was said" not in less
        assert "What is q2?" in less
    # The list holds figures and no item.
    assert banner(text_of(client_for(cast["rita"]), "suites")) == "UNCLASSIFIED"


def test_figures_over_added_attacks_are_for_who_is_cleared_for_these(
    cast: dict[str, User], client_for: ClientFor, make_run: MakeRun
) -> None:
    run = make_run({"q1": 0.5}, suite="red-team", metric="held")
    SuiteRun.objects.update(marking="SECRET//HARBOR", figures_marking="SECRET//HARBOR")
    address = reverse("evaluation:run", args=[run.pk])
    assert client_for(cast["mia"]).get(address).status_code == 200
    assert client_for(cast["rita"]).get(address).status_code == 404


def test_the_state_beside_the_title_follows_the_progress(mia: User, client_for: ClientFor) -> None:
    client = client_for(mia)
    run = request_run("retrieval", subject_of(["base"]), user=mia)
    shown = text_of(client, "run", run.pk)
    assert re.search(r'<span id="run-state"><span class="badge">waiting', shown)
    SuiteRun.objects.update(state="running")
    told = text_of(client, "progress", run.pk)
    assert re.search(r'<span id="run-state" hx-swap-oob="true"><span class="badge badge--work">in work', told)


def test_pages_call_suites_and_languages_as_people_do(
    cast: dict[str, User], client_for: ClientFor, make_run: MakeRun
) -> None:
    ana, mia = cast["ana"], cast["mia"]
    OwnSuite.objects.create(slug="ana-bridges", title="Bridges of the north", owner=ana)
    own = make_run({"q1": 1.0}, suite="own:ana-bridges", metric="gold")
    shown = text_of(client_for(ana), "run", own.pk)
    assert "<h1>Bridges of the north</h1>" in shown
    assert "own:ana-bridges" not in shown
    # An analyst is not led to a page that is not for her.
    assert f'href="{reverse("evaluation:own")}"' in shown
    assert f'href="{reverse("evaluation:suites")}"' not in shown
    languages = {"q1": "en", "q2": "ru"}
    fixed = make_run({"q1": 1.0, "q2": 0.0}, languages=languages)
    shown = text_of(client_for(mia), "run", fixed.pk)
    assert "<h1>Retrieval</h1>" in shown
    assert f'href="{reverse("evaluation:suites")}"' in shown
    assert "Russian" in shown
    assert not re.search(r">\s*ru\s*<|· ru<", shown)
    # No heading leads to itself.
    assert not re.search(r'<h3><a href="#', shown)


def test_slices_in_which_nothing_changed_are_folded(
    mia: User, client_for: ClientFor, make_run: MakeRun
) -> None:
    languages = {f"{code}{number}": code for code in ("en", "ru") for number in range(3)}
    a = make_run(dict.fromkeys(languages, 0.5), languages=languages)
    b = make_run(
        {name: 0.5 if code == "ru" else 0.9 for name, code in languages.items()}, languages=languages
    )
    shown = text_of(client_for(mia), "compare", a=str(a.pk), b=str(b.pk))
    assert (
        shown.index("language: English")
        < shown.index("Without any change")
        < shown.index("language: Russian")
    )


def test_two_runs_side_by_side(mia: User, client_for: ClientFor, make_run: MakeRun) -> None:
    names = [f"q{number}" for number in range(30)]
    a = make_run(dict.fromkeys(names, 0.5), languages=dict.fromkeys(names, "en"))
    b = make_run(
        {name: 0.9 if name != "q7" else 0.1 for name in names},
        languages=dict.fromkeys(names, "en"),
        words="embedder/nine",
    )
    shown = text_of(client_for(mia), "compare", a=str(a.pk), b=str(b.pk))
    assert "Better by more than noise: nDCG@10" in shown
    assert "embedder/nine against current" in shown
    assert shown.index("Got worse") < shown.index("What is q7?") < shown.index("Got better")
    other = make_run({"q1": 1.0}, material="other")
    said = client_for(mia).get(
        reverse("evaluation:compare"), {"a": str(a.pk), "b": str(other.pk)}, follow=True
    )
    assert "asked different items" in said.content.decode()


def test_attacks_are_added_switched_off_and_taken_in(mia: User, rita: User, client_for: ClientFor) -> None:
    client = client_for(mia)
    address = reverse("evaluation:attacks")
    assert client.post(address, {**GOOD, "canary": ""}).status_code == 400
    client.post(address, {**GOOD, "title": "Harbour order", "marking": "SECRET//HARBOR"})
    attack = Attack.objects.get()
    assert "Harbour order" in text_of(client, "attacks")
    assert "Harbour order" not in text_of(client_for(rita), "attacks")
    switch = reverse("evaluation:switch-attack", args=[attack.pk])
    assert client_for(rita).post(switch, {"is_active": "0"}).status_code == 404
    client.post(switch, {"is_active": "0"})
    attack.refresh_from_db()
    assert not attack.is_active
    exported = client.get(reverse("evaluation:export-attacks")).content
    assert json.loads(exported)[0]["marking"] == "SECRET//HARBOR"
    file = SimpleUploadedFile("attacks.json", exported)
    client.post(reverse("evaluation:import-attacks"), {"file": file})
    assert Attack.objects.count() == 2
    said = client.post(reverse("evaluation:import-attacks"), follow=True).content.decode()
    assert "Choose a JSON file" in said


def test_an_answer_becomes_a_question_in_two_clicks(
    ask: Asker,
    ana: User,
    ben: User,
    archive: dict[str, Document],
    client_for: ClientFor,
) -> None:
    answer, _ = ask(ana, "What is the load limit of the Orlov bridge?")
    client = client_for(ana)
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    address = reverse("evaluation:own-add", args=[answer.pk])
    assert f'href="{address}"' in page
    shown = text_of(client, "own-add", answer.pk)
    assert re.search(r'<input type="checkbox" name="expected" value="[^"]*40 tonnes[^"]*" checked>', shown)
    assert "Any one of the chosen texts is enough" in shown
    nothing = client.post(address, {"title": "Bridges"})
    assert nothing.status_code == 400
    assert "must be refused" in nothing.content.decode()
    assert client_for(ben).get(address).status_code == 404
    document = str(archive["bridge"].pk)
    client.post(address, {"expected": "40 tonnes", "title": "Bridges", "documents": [document]})
    question = OwnQuestion.objects.get()
    assert (question.expected, question.documents) == (["40 tonnes"], [document])
    assert "40 tonnes" in text_of(client, "own-suite", question.suite.slug)
    assert "Bridges" in text_of(client, "own")
    assert "Bridges" not in text_of(client_for(ben), "own")
    assert client_for(ben).get(reverse("evaluation:own-suite", args=[question.suite.slug])).status_code == 404
    client.post(reverse("evaluation:own-suite", args=[question.suite.slug]))
    assert SuiteRun.objects.get().suite == question.suite.suite
    client.post(reverse("evaluation:own-remove", args=[question.pk]))
    assert "There is no question in it" in text_of(client, "own-suite", question.suite.slug)
