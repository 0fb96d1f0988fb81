"""What is true is known in the locale's own form; with one digit changed it never passes.

`make bench BENCH=corruptions` runs thousands of these.
"""

import random
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from donovan.assistant.terms import terms_of
from donovan.assistant.verify import verify_claim
from tests.assistant.locales import SENTENCES, Case, cases
from tests.assistant.material import span

A_ROUND = 2 * len(SENTENCES)


def are_held(page: str, said: str, language: str) -> bool:
    body = terms_of(page, language)
    return all(any(term.is_supported_by(other) for other in body) for term in terms_of(said, language))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_every_form_of_a_locale_is_known_and_no_other_value_passes_for_it(seed: int) -> None:
    for case in islice(cases(random.Random(seed)), A_ROUND):
        assert are_held(case.page, case.true, case.language), case
        assert not are_held(case.page, case.changed, case.language), case


def test_a_changed_digit_fails_the_whole_check_and_says_which() -> None:
    case: Case
    for case in islice(cases(random.Random(5)), A_ROUND):
        verdict = verify_claim(case.changed, [span(case.page, language=case.language)], question="")
        assert not verdict.is_supported, case
        assert "do not hold" in verdict.reason, case
