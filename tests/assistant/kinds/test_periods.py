"""The time in a question: days, months, years, parts of them, open ends."""

from datetime import date

import pytest

from donovan.assistant.kinds.periods import period_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("telegrams sent in October 1956", date(1956, 10, 1), date(1956, 10, 31)),
        ("mails of 3 September 2026", date(2026, 9, 3), date(2026, 9, 3)),
        ("reports from 1955", date(1955, 1, 1), date(1955, 12, 31)),
        ("letters of early 1955", date(1955, 1, 1), date(1955, 4, 30)),
        ("letters of late 1955", date(1955, 9, 1), date(1955, 12, 31)),
        ("issued between 3 and 12 September 2026", date(2026, 9, 3), date(2026, 9, 12)),
        ("sent since 3 September 2026", date(2026, 9, 3), None),
        ("sent after September 2026", date(2026, 10, 1), None),
        ("sent before 1956", None, date(1955, 12, 31)),
        ("from 4 September 2026 on", date(2026, 9, 4), None),
        ("between May 1955 and June 1956", date(1955, 5, 1), date(1956, 6, 30)),
    ],
)
def test_a_time_is_read_with_its_ends(text: str, first: date | None, last: date | None) -> None:
    period, _rest = period_of(text)
    assert period is not None
    assert (period.first, period.last) == (first, last)


def test_a_month_without_a_year_is_that_month_of_any_year() -> None:
    period, rest = period_of("mails sent in July to the port")
    assert period is not None
    assert period.holds(date(1955, 7, 9))
    assert period.holds(date(2026, 7, 31))
    assert not period.holds(date(2026, 8, 1))
    assert rest.split() == ["mails", "sent", "to", "the", "port"]


@pytest.mark.parametrize("text", ["telegrams that may cross the bridge", "meeting 302 of 12 members", ""])
def test_what_is_no_time_is_none(text: str) -> None:
    assert period_of(text) == (None, text)
