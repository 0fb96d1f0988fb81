"""Which statement stands: the newest state, the correction, the later version; and what is a disagreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.questions import language_of_question, read_question
from donovan.assistant.reconciliation.groups import Resolution, Standing
from donovan.assistant.reconciliation.resolving import resolve
from donovan.assistant.reconciliation.sentences import DISAGREE
from donovan.assistant.spans import Span, cut, lead_of, sentence_before
from tests.assistant.material import add_document

CLOSED = "The Orlov bridge is closed to all traffic."
OPEN = "The Orlov bridge is open to all traffic again."


@dataclass(frozen=True)
class Paper:
    """A small paper: its title, its text, its day as ISO or nothing, and who sent it if it is a mail."""

    title: str
    text: str
    day: str = ""
    sender: str = ""
    language: str = "en"


def spans_of_paper(paper: Paper) -> list[Span]:
    document = add_document(paper.title, paper.text, language=paper.language)
    document.document_date = date.fromisoformat(paper.day) if paper.day else None
    document.metadata = {"From": paper.sender} if paper.sender else {}
    document.save()
    text = document.pages.get().text
    cuts = list(cut(text))
    return [
        Span(
            document.pk,
            1,
            1,
            start,
            end,
            text[start:end],
            title=document.title,
            label=document.label,
            language=paper.language,
            lead=lead_of(text, start),
            passage_text=text,
            before=sentence_before(text, cuts, place),
        )
        for place, (start, end) in enumerate(cuts)
    ]


def resolved(user: User, question: str, papers: Sequence[Paper], *, stated: int = 1) -> Resolution:
    """Every sentence of the papers as likely as the next; the first `stated` are what would be said."""
    spans = [span for paper in papers for span in spans_of_paper(paper)]
    read = read_question(question, language_of_question(question))
    return resolve(read, spans[:stated], [(span, 0.8) for span in spans], scope_for(user))


def told(groups: Sequence[object]) -> list[str]:
    return [group.spans[0].text for group in groups]  # type: ignore[attr-defined]


def test_the_newest_statement_of_a_state_stands_and_the_older_is_superseded_with_its_day(ben: User) -> None:
    found = resolved(
        ben,
        "Is the Orlov bridge open?",
        [
            Paper("Report 3", CLOSED, "2026-03-03"),
            Paper("Report 9", OPEN, "2026-03-09"),
            Paper("Report 1", CLOSED, "2026-03-01"),
        ],
    )
    assert told(found.current) == [OPEN]
    assert [(group.day, group.spans[0].text) for group in found.superseded] == [(date(2026, 3, 3), CLOSED)]
    assert found.as_of == date(2026, 3, 9)
    assert not found.disagreements
    assert any(
        "“Report 3”, 3 March 2026, is superseded by “Report 9”, 9 March 2026" in n for n in found.notices
    )


def test_the_newer_state_stands_where_the_question_names_little_beside_the_state(ben: User) -> None:
    found = resolved(
        ben,
        "Is the bridge at Brezna still closed?",
        [
            Paper("Report 12", "Orlov Bridge is still closed.", "2026-09-22"),
            Paper("Report 13", "Orlov Bridge reopened at 0600 on 24 September.", "2026-09-24"),
            Paper("Report 14", "Camp Hrast reopened on 26 September.", "2026-09-26"),
            Paper("Report 15", "Hrast Bridge reopened on 27 September.", "2026-09-27"),
        ],
    )
    assert told(found.current) == ["Orlov Bridge reopened at 0600 on 24 September."]
    assert told(found.superseded) == ["Orlov Bridge is still closed."]


@pytest.mark.parametrize(
    ("question", "older", "newer", "language"),
    [
        ("¿Sigue cerrado el puente Orlov?", "El puente Orlov está cerrado.",
         "El puente Orlov está abierto.", "es"),
        ("Le pont Orlov est-il encore fermé ?", "Le pont Orlov est fermé.",
         "Le pont Orlov est ouvert.", "fr"),
        ("Ist die Orlov-Brücke noch gesperrt?", "Die Orlov-Brücke ist gesperrt.",
         "Die Orlov-Brücke ist geöffnet.", "de"),
        ("Мост Орлов ещё закрыт?", "Мост Орлов закрыт.", "Мост Орлов открыт.", "ru"),
        ("هل لا يزال جسر أورلوف مغلقا؟", "جسر أورلوف مغلق.", "جسر أورلوف مفتوح.", "ar"),
        ("奥尔洛夫桥还关闭吗？", "奥尔洛夫桥关闭。", "奥尔洛夫桥开放。", "zh"),
    ],
)  # fmt: skip
def test_still_is_answered_as_of_the_newest_paper_in_each_language(
    question: str, older: str, newer: str, language: str, ben: User
) -> None:
    papers = [
        Paper("A", older, "2026-03-03", language=language),
        Paper("B", newer, "2026-03-09", language=language),
    ]
    found = resolved(ben, question, papers)
    assert told(found.current) == [newer]
    assert told(found.superseded) == [older]
    assert any(notice.startswith("As of 9 March 2026: ") for notice in found.notices)


def test_still_says_as_of_when_although_nothing_contradicts(ben: User) -> None:
    found = resolved(ben, "Is the Orlov bridge still closed?", [Paper("Report 3", CLOSED, "2026-03-03")])
    assert found.notices == ("As of 3 March 2026: the newest paper found that speaks of it is “Report 3”.",)
    undated = resolved(ben, "Is the Orlov bridge still closed?", [Paper("Notice", CLOSED)])
    assert undated.notices == ("As of when is not known: “Notice” is undated.",)


def test_what_says_the_same_of_two_days_is_no_disagreement_and_the_newer_day_counts(ben: User) -> None:
    found = resolved(
        ben,
        "Is the Orlov bridge still closed?",
        [Paper("A", CLOSED, "2026-03-03"), Paper("B", CLOSED, "2026-03-09")],
    )
    assert len(found.groups) == 1
    assert found.as_of == date(2026, 3, 9)


@pytest.mark.parametrize(
    "correction",
    [
        "Correction: the ship Corvina Star discharged 216 containers.",
        "Corrigendum: the ship Corvina Star discharged 216 containers, not 212 containers.",
        "Amendment 1: the ship Corvina Star discharged 216 containers.",
        "UPDATE: the ship Corvina Star discharged 216 containers.",
        "The number of 212 containers was wrong: the ship Corvina Star discharged 216 containers.",
    ],
)
def test_a_correction_comes_first_and_supersedes_what_it_corrects(correction: str, ben: User) -> None:
    papers = [
        Paper("Port log", "The ship Corvina Star discharged 212 containers.", "2026-09-20"),
        Paper("Mail", correction, "2026-09-22", "Josip Radan <radan@port.example>"),
    ]
    found = resolved(ben, "How many containers did the ship Corvina Star discharge?", papers)
    assert told(found.current) == [correction]
    assert told(found.superseded) == [papers[0].text]
    assert not found.disagreements
    assert any(
        "was corrected by “Mail”, Josip Radan, 22 September 2026" in notice for notice in found.notices
    )


def test_what_is_told_after_a_correction_is_not_put_right_by_it(ben: User) -> None:
    found = resolved(
        ben,
        "How many containers did the ship Corvina Star discharge?",
        [
            Paper("Audit", "The ship Corvina Star discharged 218 containers.", "2026-10-30"),
            Paper("Mail", "Correction: the ship Corvina Star discharged 216 containers.", "2026-09-22"),
        ],
    )
    assert {group.value for group in found.disagreements} == {"218", "216"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Load plan v1", "Load plan v2"),
        ("Load plan", "Load plan version 2"),
        ("Load plan (draft)", "Load plan (final)"),
        ("Load plan Rev A", "Load plan Rev B"),
    ],
)
def test_a_later_version_of_a_paper_replaces_the_earlier(old: str, new: str, ben: User) -> None:
    papers = [
        Paper(old, "The load limit of the Orlov bridge was set at 40 tonnes.", "2026-03-09"),
        Paper(new, "The load limit of the Orlov bridge was set at 20 tonnes.", "2026-03-03"),
    ]
    found = resolved(ben, "What load limit was set for the Orlov bridge?", papers)
    assert told(found.current) == [papers[1].text]
    assert told(found.superseded) == [papers[0].text]
    assert any("replaces it" in notice for notice in found.notices)


def test_a_forecast_is_no_fact_and_what_came_of_it_takes_its_place(ben: User) -> None:
    question = "On what day did the Orlov bridge open for lorries?"
    plan = Paper("Notice", "The Orlov bridge will open for lorries on 21 September 2026.", "2026-09-11")
    fact = Paper("Report", "The Orlov bridge was opened for lorries on 24 September 2026.", "2026-09-25")
    alone = resolved(ben, question, [plan])
    assert [group.standing for group in alone.current] == [Standing.PLANNED]
    assert any("not a fact" in notice for notice in alone.notices)
    both = resolved(ben, question, [plan, fact])
    assert told(both.current) == [fact.text]
    assert told(both.superseded) == [plan.text]
    assert not both.disagreements


def test_a_newer_plan_is_told_beside_the_state_and_does_not_replace_it(ben: User) -> None:
    state = Paper("Report", CLOSED, "2026-09-16")
    plan = Paper("Mail", "The Orlov bridge will be open to all traffic on 23 September.", "2026-09-17")
    found = resolved(ben, "Is the Orlov bridge open?", [state, plan])
    assert [(group.standing, group.spans[0].text) for group in found.current] == [
        (Standing.CURRENT, CLOSED),
        (Standing.PLANNED, plan.text),
    ]
    assert not found.disagreements


def test_of_two_plans_the_newer_stands(ben: User) -> None:
    found = resolved(
        ben,
        "When will the Orlov bridge open?",
        [
            Paper("Notice", "The Orlov bridge will open on 21 September 2026.", "2026-09-11"),
            Paper("Mail", "The Orlov bridge will open on 23 September 2026.", "2026-09-17"),
        ],
    )
    assert told(found.current) == ["The Orlov bridge will open on 23 September 2026."]
    assert [group.day for group in found.superseded] == [date(2026, 9, 11)]


def test_a_running_total_is_no_contradiction(ben: User) -> None:
    found = resolved(
        ben,
        "How many families did the Red Lamp register at Camp Lipa?",
        [
            Paper("Day 1", "The Red Lamp registered 140 families at Camp Lipa so far.", "2026-09-10"),
            Paper("Day 3", "The Red Lamp registered 410 families at Camp Lipa to date.", "2026-09-12"),
            Paper("Day 2", "The Red Lamp registered 260 families at Camp Lipa so far.", "2026-09-11"),
        ],
    )
    assert [group.value for group in found.current] == ["410"]
    assert {group.value for group in found.superseded} == {"140", "260"}
    assert not found.disagreements
    assert any("earlier count" in notice for notice in found.notices)


def test_numbers_that_only_grow_with_their_days_are_a_running_total_in_other_words(ben: User) -> None:
    days = [("2026-09-10", 140), ("2026-09-11", 260), ("2026-09-12", 410)]
    papers = [
        Paper(f"Report of {day}", f"The Red Lamp registered {count} families at Camp Lipa.", day)
        for day, count in days
    ]
    question = "How many families did the Red Lamp register at Camp Lipa?"
    assert not resolved(ben, question, papers).disagreements
    fallen = [
        *papers,
        Paper("Report of 13", "The Red Lamp registered 90 families at Camp Lipa.", "2026-09-13"),
    ]
    assert resolved(ben, question, fallen).disagreements


def test_an_hour_in_figures_is_no_number_to_compare(ben: User) -> None:
    papers = [Paper("Log", "At 14:30 planes were over the town.", "2026-09-10")]
    resolution = resolved(ben, "How many planes were over the town?", papers)
    assert told(resolution.current) == ["At 14:30 planes were over the town."]
    assert not resolution.disagreements


REPORT = (
    "The Harbour Office met the owners of the Vesna on Monday.\n\nThe ferry Vesna ran aground on 4 May 2026. "
    "Nobody was hurt, and the cargo of timber was saved by the crew before the evening tide came in."
)


def test_of_three_sources_of_which_two_are_copies_each_value_is_listed_once_with_its_source(
    ben: User,
) -> None:
    forward = f"For your information, see below.\n\n{REPORT}\n\nKind regards, Ana"
    other = "The ferry Vesna ran aground on 6 May 2026, the pilot says."
    found = resolved(
        ben,
        "When did the ferry Vesna run aground?",
        [
            Paper("Harbour report", REPORT, "2026-05-07"),
            Paper("FW: Harbour report", forward, "2026-05-08", "Ana Petrova <ana@port.example>"),
            Paper("Statement of the pilot", other, "2026-05-09"),
        ],
        stated=2,
    )
    assert [group.value for group in found.disagreements] == ["4 May 2026", "6 May 2026"]
    assert [len(group.accounts) for group in found.disagreements] == [1, 1]
    assert found.notices[0].startswith(DISAGREE)
    assert "4 May 2026: “Harbour report”, 7 May 2026, in 2 copies." in found.notices
    assert "6 May 2026: “Statement of the pilot”, 9 May 2026." in found.notices


def test_what_happened_is_not_changed_by_being_told_later(ben: User) -> None:
    found = resolved(
        ben,
        "When was the Orlov bridge closed?",
        [
            Paper("A", "The Orlov bridge was closed on 5 July 2026.", "2026-07-06"),
            Paper("B", "The Orlov bridge was closed on 9 July 2026.", "2026-07-20"),
        ],
    )
    assert len(found.disagreements) == 2
    assert not found.superseded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Camp Jasen holds about 9,000 persons in tents.", "Camp Jasen holds 9,012 persons in tents."),
        ("Camp Jasen holds 300 persons in tents.", "Camp Lipa holds 420 persons in tents."),
        ("Camp Jasen holds 300 persons in tents.", "Camp Jasen holds 300 persons in 40 tents."),
        ("Camp Jasen holds 300 persons in tents.", "The doctor of Camp Jasen has 12 beds."),
    ],
)
def test_a_rounding_another_place_or_another_matter_is_no_disagreement(
    one: str, other: str, ben: User
) -> None:
    found = resolved(
        ben, "How many persons in tents does Camp Jasen hold?", [Paper("A", one), Paper("B", other)]
    )
    assert not found.disagreements
    assert not found.superseded


def test_a_question_for_a_day_is_not_answered_by_what_is_true_later(ben: User) -> None:
    found = resolved(
        ben,
        "How many persons are in Camp Jasen on 10 September 2026?",
        [
            Paper("A", "Camp Jasen holds 300 persons.", "2026-09-10"),
            Paper("B", "Camp Jasen holds 420 persons.", "2026-09-14"),
        ],
    )
    assert told(found.current)[0] == "Camp Jasen holds 300 persons."
    assert not found.superseded
    assert not found.disagreements


def test_papers_without_a_day_disagree_rather_than_supersede(ben: User) -> None:
    found = resolved(ben, "Is the Orlov bridge open?", [Paper("A", OPEN), Paper("B", CLOSED, "2026-03-09")])
    assert len(found.disagreements) == 2
    assert any("undated" in notice for notice in found.notices)


def test_the_day_of_a_statement_is_the_one_it_gives_itself(ben: User) -> None:
    found = resolved(
        ben,
        "How many persons are in Camp Jasen?",
        [
            Paper("Review", "As of 12 September 2026, Camp Jasen holds 420 persons.", "2026-10-30"),
            Paper("Daily", "Camp Jasen holds 510 persons.", "2026-09-20"),
        ],
    )
    assert told(found.current) == ["Camp Jasen holds 510 persons."]
    assert found.superseded[0].day == date(2026, 9, 12)


def test_what_a_later_mail_quotes_is_of_the_day_of_the_earlier_mail_and_of_its_writer(ben: User) -> None:
    text = (
        "The Orlov bridge is open.\n\nOn 17 September 2026 at 08:05, Peter Lindgren wrote:\n"
        "> The Orlov bridge is closed."
    )
    spans = spans_of_paper(Paper("Re: Orlov", text, "2026-09-19", "Owen Tretherne <o@jtf.example>"))
    question = read_question("Is the Orlov bridge closed?")
    quoted = next(span for span in spans if span.text.startswith(">"))
    own = spans[0]
    found = resolve(question, [quoted], [(quoted, 0.8), (own, 0.7)], scope_for(ben))
    assert [(g.day, g.speaker) for g in found.current] == [(date(2026, 9, 19), "Owen Tretherne")]
    assert [(g.day, g.speaker) for g in found.superseded] == [(date(2026, 9, 17), "Peter Lindgren")]


def test_papers_that_may_not_be_read_are_never_named(ben: User, omar: User) -> None:
    spans = spans_of_paper(Paper("A", OPEN, "2026-03-03"))
    question = read_question("Is the Orlov bridge open?")
    assert resolve(question, spans, [(span, 0.8) for span in spans], scope_for(omar)) == Resolution(())
