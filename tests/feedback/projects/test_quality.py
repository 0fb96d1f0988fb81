"""Skills, chances, agreement and the naming of who does not read: the functions by which the queue works."""

from itertools import product

import numpy as np
import pandas
import pytest
from crowdkit.metrics.data import alpha_krippendorff

from donovan.feedback.projects.aggregation import aggregate, chances, majority
from donovan.feedback.projects.crowd import skills
from donovan.feedback.projects.duplicates import groups_of
from donovan.feedback.projects.kappas import measures
from donovan.feedback.projects.likeness import closest, likeness
from donovan.feedback.projects.noticing import Vote, notice_all
from donovan.feedback.projects.prelabelling import ClaimCheck, EntityMarks, MarkingMarks
from donovan.feedback.projects.selection import AT_RANDOM, DISAGREED, NEW, choose, farthest_first, margins
from donovan.feedback.projects.shown_skills import shown_skills
from tests.benchmarks import labellers

CLASSES = ("a", "b", "c", "d")


def test_chances_are_probabilities_and_follow_skill():
    votes = [("able", "a"), ("weak", "b")]
    found = chances(votes, {"able": 0.9, "weak": 0.4}, options=4)
    assert found["a"] > 0.8 > found["b"]
    assert sum(found.values()) <= 1.0
    assert chances([("x", "a")], {"x": 0.8}, options=2)["a"] == pytest.approx(0.8)


def test_agreement_ends_an_item_and_doubt_goes_to_more_people_then_to_an_adjudicator():
    known = {"x": 0.9, "y": 0.9, "z": 0.9}
    assert aggregate([("x", "a"), ("y", "a")], known, options=4, most_people=3).move == "done"
    assert aggregate([("x", "a"), ("y", "b")], known, options=4, most_people=3).move == "more"
    three = [("x", "a"), ("y", "b"), ("z", "c")]
    assert aggregate(three, known, options=4, most_people=3).move == "adjudicate"
    assert majority(three) == "a"


def test_kappas_and_alpha_are_those_of_their_libraries():
    same = [(f"i{n}", person, CLASSES[n % 3]) for n, person in product(range(9), ("x", "y", "z"))]
    perfect = measures(same)
    assert [pair["kappa"] for pair in perfect["pairs"]] == [1.0, 1.0, 1.0]
    assert perfect["fleiss"] == pytest.approx(1.0)
    assert perfect["krippendorff"] == {"alpha": 1.0, "low": 1.0, "high": 1.0}
    # Cohen 1960 by hand: observed 0.7, expected 0.5.
    firsts, seconds = "aaaaabbbbb", "aaaabbbbaa"
    pairs = [(f"i{n}", who, told[n]) for n in range(10) for who, told in (("x", firsts), ("y", seconds))]
    assert measures(pairs)["pairs"][0]["kappa"] == pytest.approx(0.4)
    assert measures([("i", "x", "a")]) == {"pairs": [], "fleiss": None, "krippendorff": None}


def test_alpha_is_over_all_items_and_its_interval_holds_it():
    draw = np.random.default_rng(4)
    votes = [
        (f"i{n}", who, CLASSES[n % 4] if draw.random() < 0.8 else str(draw.choice(CLASSES)))
        for n in range(80)
        for who in ("x", "y", "z")[: 2 + n % 2]
    ]
    told = measures(votes)["krippendorff"]
    frame = pandas.DataFrame(votes, columns=["task", "worker", "label"])
    assert told["alpha"] == pytest.approx(alpha_krippendorff(frame))
    assert told["low"] < told["alpha"] < told["high"] < told["low"] + 0.4


def _two(answers_of, *, known_every: int = 0, quick: str = "", seed: int = 1):
    """Sixty items of two people, and what is noticed of each."""
    draw = np.random.default_rng(seed)
    truth = {f"i{n}": str(draw.choice(CLASSES, p=[0.4, 0.3, 0.2, 0.1])) for n in range(30)}
    votes = [
        Vote(item, who, answer(n, right, draw), (3.0 if who == quick else 20.0) * draw.lognormal(0, 0.3))
        for n, (item, right) in enumerate(truth.items())
        for who, answer in answers_of.items()
    ]
    known = {item: truth[item] for n, item in enumerate(truth) if known_every and n % known_every == 0}
    plain = [(vote.item, vote.person, vote.answer) for vote in votes]
    fitted = skills(plain, known)
    return notice_all(votes, known, fitted, options=4), shown_skills(plain, known, fitted)


def _careful(_n, right, draw):
    return right if draw.random() < 0.92 else str(draw.choice(CLASSES))


def _always(_n, _right, _draw):
    return "b"


def _in_turn(n, _right, _draw):
    return CLASSES[n % 4]


def _anything(_n, _right, draw):
    return str(draw.choice(CLASSES))


@pytest.mark.parametrize("spammer", [_always, _in_turn])
@pytest.mark.parametrize("place", ["first", "last"])
def test_of_two_the_one_who_always_presses_the_same_is_named_and_no_skill_is_shown(spammer, place):
    people = {"ana": _careful, "spam": spammer}
    found, shown = _two(people if place == "last" else dict(reversed(people.items())))
    assert found["spam"].named == "spammer" and not found["ana"].named
    assert shown == {}


def test_of_two_times_tell_who_does_not_read_and_without_them_nobody_is_named():
    for seed in (0, 2, 3):
        found, _ = _two({"ana": _careful, "spam": _anything}, quick="spam", seed=seed)
        assert found["spam"].named and not found["ana"].named
    for seed in range(5):
        found, shown = _two({"ana": _careful, "spam": _anything}, seed=seed)
        assert not any(notice.named for notice in found.values())
        assert shown == {}


def test_of_two_known_answers_tell_who_is_wrong():
    found, shown = _two({"ana": _careful, "spam": _anything}, known_every=2)
    assert found["spam"].named and not found["ana"].named
    assert set(shown) == {"ana", "spam"} and shown["ana"] > 0.8 and shown["spam"] < 0.5


@pytest.mark.parametrize("quick", ["", "ana", "ben"])
def test_two_honest_people_are_never_named_however_quick_one_is(quick):
    for seed in range(6):
        found, _ = _two({"ana": _careful, "ben": _careful}, quick=quick, seed=seed)
        assert not any(notice.named for notice in found.values())


def test_who_has_just_joined_does_not_yet_tell_which_of_two_is_wrong():
    draw = np.random.default_rng(2)
    truth = [str(one) for one in draw.choice(CLASSES, 40)]
    votes = [
        Vote(f"i{n}", who, answer(n, right, draw), 20.0)
        for n, right in enumerate(truth)
        for who, answer in (("ana", _careful), ("spam", _anything))
    ]
    votes += [Vote(f"i{n}", "new", truth[n], 20.0) for n in range(4)]
    found = notice_all(votes, {}, {"ana": 0.4, "spam": 0.9, "new": 0.8}, options=4)
    assert set(found) == {"ana", "spam", "new"}
    assert not found["ana"].named and not found["new"].named


def test_a_skill_is_shown_where_three_people_met_in_pairs():
    draw = np.random.default_rng(5)
    pairs = [("x", "y"), ("y", "z"), ("x", "z")]
    votes = [
        (f"i{n}", who, CLASSES[n % 4] if draw.random() < 0.9 else "a")
        for n in range(60)
        for who in pairs[n % 3]
    ]
    fitted = skills(votes, {})
    assert set(shown_skills(votes, {}, fitted)) == {"x", "y", "z"}
    assert shown_skills([vote for vote in votes if vote[1] != "z"], {}, fitted) == {}


def test_skill_of_somebody_with_few_labels_stays_near_the_unknown():
    votes = [(f"i{n}", who, "a" if n % 2 else "b") for n in range(30) for who in ("x", "y")]
    votes.append(("i1", "new", "b"))
    found = skills(votes, {})
    assert found["x"] > 0.9
    assert 0.65 < found["new"] < 0.8


def test_careless_one_and_spammer_are_named_within_fifty_items_and_nobody_else(monkeypatch):
    monkeypatch.setattr(labellers, "ITEMS", 240)  # some seventy for each, so that fifty are seen
    for seed in (100, 101):
        queue = labellers.simulate(seed)
        assert set(queue.named) == {"careless", "spammer"}
        assert all(after <= 50 for _, after in queue.named.values())
        assert queue.accuracy >= 0.97


def test_quick_but_right_labeller_is_not_named():
    chance = np.random.default_rng(0)
    truth = [str(one) for one in chance.choice(CLASSES, 80)]
    votes = [
        Vote(f"i{n}", who, answer, 2.0 if who == "quick" else 20.0)
        for n, answer in enumerate(truth)
        for who in ("quick", "x", "y")
    ]
    found = notice_all(votes, {}, {"quick": 0.9, "x": 0.9, "y": 0.9}, options=4)
    assert not any(notice.named for notice in found.values())
    assert found["quick"].fast_share == 1.0


def test_fast_answers_that_are_the_wrong_ones_tell_who_does_not_read():
    """Two people are right in 22 of 30 and fast in 12; one is wrong where fast, the other anywhere."""
    truth = {f"i{n}": "ab"[n % 2] for n in range(30)}
    fast = set(range(0, 30, 5)) | set(range(1, 30, 5))
    wrong_where_fast = set(sorted(fast)[:8])
    wrong_anywhere = set(sorted(fast)[:3]) | {2, 3, 7, 8, 12}

    def votes_of(who: str, wrong: set[int]) -> list[Vote]:
        return [
            Vote(item, who, "c" if n in wrong else answer, 2.0 if n in fast else 20.0)
            for n, (item, answer) in enumerate(truth.items())
        ]

    others = [Vote(item, who, answer, 20.0) for who in "xyz" for item, answer in truth.items()]
    skills = {"unread": 0.75, "slips": 0.75, "x": 0.95, "y": 0.95, "z": 0.95}
    votes = [*votes_of("unread", wrong_where_fast), *votes_of("slips", wrong_anywhere), *others]
    found = notice_all(votes, truth, skills, options=4)
    assert found["unread"].named == "careless"
    assert found["unread"].evidence > found["slips"].evidence + 4
    assert not any(found[who].named for who in "xyz")


def test_labels_before_a_clearing_do_not_count_any_more():
    votes = [Vote(f"i{n}", who, "a", 20.0) for n in range(60) for who in ("x", "y")]
    votes += [Vote(f"i{n}", "z", "b" if n < 40 else "a", 20.0) for n in range(60)]
    known = {"x": 0.9, "y": 0.9, "z": 0.5}
    assert notice_all(votes, {}, known, options=4)["z"].named
    assert not notice_all(votes, {}, known, options=4, ignored={"z": 40})["z"].named


def test_likeness_of_spans_and_texts():
    one = {"spans": [{"start": 0, "end": 10, "label": "place"}]}
    half = {"spans": [{"start": 5, "end": 15, "label": "place"}]}
    other = {"spans": [{"start": 0, "end": 10, "label": "person"}]}
    assert likeness("spans", one, one) == 1.0
    assert likeness("spans", one, half) == pytest.approx(0.5)
    assert likeness("spans", one, other) == 0.0
    assert likeness("transcription", {"text": "a  b"}, {"text": "a b "}) == 1.0
    assert closest("transcription", [{"text": "port"}, {"text": "part"}, {"text": "port"}])[0] == 0


def test_near_duplicates_are_found_only_where_a_word_more_changes_nothing():
    text = " ".join(f"word{n}" for n in range(80))
    inputs = [{"text": text}, {"text": "quite another one " * 20}, {"text": f"{text} more"}]
    assert groups_of("document_class", inputs) == [[0, 2]]
    assert groups_of("claim_support", [{"claim": text}, {"claim": f"{text} more"}]) == []
    asked = [{"question": asked, "passage": text} for asked in ("who?", "when?", "who?")]
    assert groups_of("relevance", asked) == [[0, 2]]


def test_order_begins_with_disagreement_then_doubt_and_keeps_a_share_of_chance():
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(100, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sure = np.tile([0.99, 0.01], (100, 1))
    sure[40:50] = [0.5, 0.5]
    chosen = choose(vectors, range(100), [], count=20, seed=3, chances=sure, disagree=[7], random_share=0.1)
    why = {choice.place: choice.why for choice in chosen}
    assert len(why) == 20
    assert why[7] in (DISAGREED, AT_RANDOM)
    assert len(set(range(40, 50)) & set(why)) >= 8
    assert sum(one == AT_RANDOM for one in why.values()) == 2
    assert chosen == choose(
        vectors, range(100), [], count=20, seed=3, chances=sure, disagree=[7], random_share=0.1
    )
    # Before anything is labelled, nothing is unlike it.
    assert NEW not in {choice.why for choice in choose(vectors, range(100), [], count=20, seed=3)}
    assert margins(np.asarray([[0.5, 0.5], [1.0, 0.0]])).tolist() == [1.0, 0.0]
    spread = farthest_first(np.asarray([[1.0, 0.0], [0.99, 0.1], [0.0, 1.0]]), 2)
    assert 2 in spread


def test_machine_says_what_its_parts_say_elsewhere():
    claim = {
        "question": "When did the bridge reopen?",
        "claim": "The bridge reopened on 12 March 2026.",
        "evidence": ["The bridge reopened on 12 March 2026."],
    }
    wrong = {**claim, "claim": "The bridge reopened on 14 March 2026."}
    said = [one.value["verdict"] for one in ClaimCheck().prelabel([claim, wrong])]
    assert said == ["supported", "unsupported"]
    text = "SECRET//NOFORN\n(S//NF) The unit moved. (as before)"
    marks = MarkingMarks().prelabel([{"text": text}])[0].value["spans"]
    assert [(text[mark["start"] : mark["end"]], mark["label"]) for mark in marks] == [
        ("SECRET//NOFORN", "banner"),
        ("(S//NF)", "portion"),
    ]
    dated = "They left Paris on 12 March 2026."
    spans = EntityMarks().prelabel([{"text": dated}])[0].value["spans"]
    assert ("Paris", "place") in [(dated[span["start"] : span["end"]], span["label"]) for span in spans]
