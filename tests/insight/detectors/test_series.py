"""Each kind of event planted in a series is found and named; what is only noise raises no alarm."""

import math
from typing import Any

import numpy as np
import pytest

from donovan.insight.subprocesses import run_subprocess

SLOTS = 2000
CHILD = "donovan.insight.anomalies.detectors.child"
TIMES = [3600.0 * slot for slot in range(SLOTS)]


def _noise() -> Any:
    return np.random.default_rng(0).normal(size=SLOTS)


def _season() -> Any:
    return 5 * np.sin(np.arange(SLOTS) * 2 * np.pi / 24)


def _planted() -> dict[str, tuple[Any, Any]]:
    """By name of the event, the times and values with the event from slot 1200 on."""
    noise, season, times = _noise(), _season(), np.array(TIMES)
    plain = season + noise
    series = {name: plain.copy() for name in ("spike", "level_shift", "stale", "missing")}
    series["spike"][1200] += 12
    series["level_shift"][1200:] += 6
    series["stale"][1200:1230] = plain[1200]
    series["missing"][1200:1230] = math.nan
    series["season_broken"] = season + noise / 2
    series["season_broken"][1200:1224] -= 2 * season[1200:1224]
    series["change_point"] = np.where(np.arange(SLOTS) < 1200, noise, 6 * noise)
    planted = {name: (times, values) for name, values in series.items()}
    kept = np.r_[0:1200, 1260:SLOTS]
    planted["gap"] = (times[kept], plain[kept])
    planted["noise"] = (times, noise)
    planted["season"] = (times, plain)
    return planted


def _request(times: Any, values: Any, **specification: Any) -> dict[str, Any]:
    told = [None if math.isnan(value) else float(value) for value in values]
    return {"times": [float(time) for time in times], "values": told, "specification": specification}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    planted = _planted()
    request = {"series": [_request(*each) for each in planted.values()]}
    told = run_subprocess(CHILD, request, seconds=300, megabytes=4000)["series"]
    return dict(zip(planted, told, strict=True))


@pytest.mark.parametrize("kind", ["spike", "level_shift", "stale", "season_broken"])
def test_a_planted_event_is_the_first_alarm_and_has_its_name(answers: dict[str, Any], kind: str) -> None:
    first = answers[kind]["alarms"][0]
    assert (first["kind"], abs(first["first"] - 1200) <= 24) == (kind, True)
    assert first["why"] and first["method"] and first["baseline"]["text"]


def test_a_gap_is_found_whether_times_or_values_are_missing(answers: dict[str, Any]) -> None:
    for name in ("gap", "missing"):
        assert [(alarm["kind"], alarm["first"]) for alarm in answers[name]["alarms"]] == [("gap", 1199)]


def test_a_change_of_the_spread_is_among_the_alarms(answers: dict[str, Any]) -> None:
    found = {alarm["kind"]: alarm for alarm in answers["change_point"]["alarms"]}
    assert abs(found["change_point"]["first"] - 1200) <= 48


@pytest.mark.parametrize("name", ["noise", "season"])
def test_noise_raises_no_alarm(answers: dict[str, Any], name: str) -> None:
    assert answers[name]["alarms"] == []


def test_missing_values_have_no_score_and_all_others_have(answers: dict[str, Any]) -> None:
    scores = answers["missing"]["scores"]
    assert [place for place, score in enumerate(scores) if score is None] == list(range(1200, 1230))


def test_a_saved_specification_gives_the_same_again(answers: dict[str, Any]) -> None:
    told = answers["spike"]
    request = _request(*_planted()["spike"], **told["specification"])
    again = run_subprocess(CHILD, {"series": [request]}, seconds=300, megabytes=4000)["series"][0]
    assert again == told


def test_what_cannot_be_examined_is_refused_alone_in_a_sentence() -> None:
    broken: list[dict[str, Any]] = [
        {"times": [1.0], "values": [1.0]},
        {"times": ["never"] * 9, "values": [1.0] * 9},
        {"times": TIMES[:9], "values": [1.0] * 9, "specification": {"methods": ["magic"]}},
        {"times": TIMES[:20], "values": [5.0] * 20},
    ]
    told = run_subprocess(CHILD, {"series": broken}, seconds=300, megabytes=4000)["series"]
    assert "at least 8 values" in told[0]["refused"]
    assert "no date or time" in told[1]["refused"]
    assert "no method 'magic'" in told[2]["refused"]
    assert told[3]["alarms"] == []
