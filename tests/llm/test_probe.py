"""The probe tells a build that works from one that does not, without dying of it."""

import os
import subprocess
import sys

import pytest

from donovan.llm.launch import CODE

PROBE = [sys.executable, "-m", "donovan.llm.probe"]


@pytest.mark.model
def test_a_working_build_generates_and_the_probe_ends_with_zero() -> None:
    outcome = subprocess.run(PROBE, cwd=CODE, capture_output=True, text=True, check=False, timeout=120)
    assert outcome.returncode == 0, outcome.stderr
    assert '"tokens": 16' in outcome.stdout


def test_a_model_that_is_not_the_expected_one_is_a_sentence() -> None:
    environment = {**os.environ, "DONOVAN_LLM_MODEL": str(CODE / "manage.py"), "DONOVAN_LLM_DIGEST": "0" * 64}
    outcome = subprocess.run(
        PROBE, cwd=CODE, capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert outcome.returncode == 1
    assert "is not the expected one" in outcome.stderr
