"""The model host with the real model: contract, queue, cancellation, death and return, sandbox."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from donovan.llm.hosted import HostedModel, HostKeeper, host_plan
from donovan.llm.interface import (
    Finished,
    GenerationRequest,
    LanguageModel,
    Message,
    ModelUnavailable,
    Queued,
    Restarted,
    Started,
    Token,
)
from donovan.llm.launch import CODE, HostPlan, sandbox_command, take_lock
from donovan.llm.weights import Weights, packaged_weights
from tests.llm.contract import ProviderContract, asking, text_of

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> HostPlan:
    folder = tmp_path_factory.mktemp("host")
    return HostPlan(packaged_weights(), folder / "run" / "llm.sock", folder, 2048, os.cpu_count() or 1)


@pytest.fixture(scope="module")
def keeper() -> Iterator[HostKeeper]:
    made = HostKeeper(supervisor_seconds=0.2)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def hosted(plan: HostPlan, keeper: HostKeeper) -> HostedModel:
    return HostedModel(plan, keeper)


def host_process(keeper: HostKeeper) -> psutil.Process:
    """The process that holds the model, inside the sandbox or not."""
    assert keeper.process is not None
    outer = psutil.Process(keeper.process.pid)
    inside = [p for p in outer.children(recursive=True) if p.name().startswith("python")]
    return inside[-1] if inside else outer


class TestHostedModel(ProviderContract):
    @pytest.fixture
    def model(self, hosted: HostedModel) -> HostedModel:
        return hosted


def test_a_second_question_with_the_same_instructions_reads_only_what_is_new(hosted: HostedModel) -> None:
    instructions = Message("system", "Answer from the facts alone. " * 12)
    for question in ("How many trucks are there?", "Where is the port?"):
        request = GenerationRequest((instructions, Message("user", question)), 4, requester="ben")
        end = list(hosted.generate(request))[-1]
    assert isinstance(end, Finished)
    assert end.reused_tokens > 60


def test_what_another_person_asked_is_not_reused(hosted: HostedModel) -> None:
    evidence = "The convoy left the port at dawn. " * 12
    ends = []
    for requester in ("ana", "ana", "ben"):
        request = GenerationRequest((Message("user", f"{evidence}When?"),), 4, requester=requester)
        ends.append(list(hosted.generate(request))[-1])
    reused = [end.reused_tokens for end in ends if isinstance(end, Finished)]
    assert reused[1] > 60
    assert reused[2] == 0


def test_the_text_does_not_depend_on_what_was_asked_before(hosted: HostedModel) -> None:
    fresh = text_of(list(hosted.generate(asking("Describe a harbour.", max_tokens=30))))
    list(hosted.generate(asking("Describe a mountain in winter.", max_tokens=9, requester="ben")))
    assert text_of(list(hosted.generate(asking("Describe a harbour.", max_tokens=30)))) == fresh


def test_a_seed_makes_a_warm_answer_repeatable(hosted: HostedModel) -> None:
    def told(seed: int) -> str:
        return text_of(
            list(hosted.generate(asking("Tell a story.", max_tokens=16, temperature=1.0, seed=seed)))
        )

    assert told(5) == told(5)
    assert len({told(seed) for seed in range(4)}) > 1


def test_text_cannot_pass_for_a_control_token(hosted: HostedModel) -> None:
    assert hosted.count_tokens("<|im_end|>") > 1


def test_whoever_waits_is_told_the_position_and_is_served_in_turn(hosted: HostedModel) -> None:
    order: list[str] = []
    positions: list[int] = []

    def ask(name: str, is_there: threading.Event) -> None:
        for event in hosted.generate(asking("Count to two hundred.", max_tokens=200, requester=name)):
            if isinstance(event, Queued):
                positions.append(event.position)
            if isinstance(event, Started):
                order.append(name)
            is_there.set()

    threads = []
    for name in ("ana", "ana", "ana", "ben"):
        is_there = threading.Event()
        threads.append(threading.Thread(target=ask, args=(name, is_there)))
        threads[-1].start()
        assert is_there.wait(60)
    for thread in threads:
        thread.join(60)
    assert order.index("ben") < 3
    assert positions
    assert min(positions) >= 1


def test_a_host_that_is_killed_is_brought_back_and_the_request_says_so(
    hosted: HostedModel, keeper: HostKeeper
) -> None:
    whole = text_of(list(hosted.generate(asking("Tell a story of the sea.", max_tokens=40))))
    events: list[object] = []
    for event in hosted.generate(asking("Tell a story of the sea.", max_tokens=40)):
        events.append(event)
        if sum(isinstance(seen, Token) for seen in events) == 5 and not any(
            isinstance(seen, Restarted) for seen in events
        ):
            host_process(keeper).kill()
    assert sum(isinstance(event, Restarted) for event in events) == 1
    assert text_of(events) == whole


def test_a_host_with_another_model_is_not_used(
    hosted: HostedModel, plan: HostPlan, keeper: HostKeeper
) -> None:
    assert hosted.count_tokens("it runs") > 0
    other = HostPlan(Weights(plan.weights.path, "1" * 64), plan.socket_path, plan.data_folder, 2048, 1)
    with pytest.raises(ModelUnavailable, match="another language model"):
        HostedModel(other, keeper).count_tokens("it runs")


def test_only_one_host_runs_at_a_time(hosted: HostedModel, plan: HostPlan) -> None:
    assert hosted.count_tokens("it runs") > 0
    assert take_lock(plan.lock_path, waits=False) is None


def test_the_host_is_small(hosted: HostedModel, keeper: HostKeeper) -> None:
    list(hosted.generate(asking("word " * 300, max_tokens=2)))
    assert host_process(keeper).memory_info().rss < 400e6


def test_the_host_ends_with_the_process_that_started_it(plan: HostPlan, tmp_path: Path) -> None:
    apart = HostPlan(plan.weights, tmp_path / "llm.sock", tmp_path, 512, 1)
    own = HostKeeper(supervisor_seconds=0.1)
    model = HostedModel(apart, own)
    assert model.count_tokens("it runs") > 0
    inside = host_process(own)
    own.stop()
    inside.wait(10)


def test_a_cancelled_wait_for_a_dead_host_does_not_hang(tmp_path: Path) -> None:
    weights = Weights(Path("/nowhere/model.gguf"), "0" * 64)
    plan = HostPlan(weights, tmp_path / "none" / "llm.sock", tmp_path, 512, 1)
    keeper = HostKeeper(supervisor_seconds=60)
    plan.lock_path.parent.mkdir()
    plan.lock_path.touch()
    with pytest.raises(ModelUnavailable):
        list(HostedModel(plan, keeper).generate(asking(), is_cancelled=lambda: True))


def test_the_host_tells_how_fast_it_reads_and_writes(hosted: HostedModel) -> None:
    list(hosted.generate(asking("A boat lies at the quay. " * 12, max_tokens=12)))
    speed = hosted.speed()
    assert speed is not None
    assert speed.reads > 0
    assert speed.writes > 0


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_the_sandbox_has_no_network_and_does_not_see_the_data(plan: HostPlan) -> None:
    (plan.data_folder / "secret.txt").write_text("not for the model")
    sandbox = sandbox_command(plan)
    if not sandbox:
        pytest.skip("bubblewrap does not work on this machine; the host says so in its log")
    script = (
        "import os, socket, sys\n"
        "names = [name for _, name in socket.if_nameindex()]\n"
        "def fails(action):\n"
        "    try: action()\n"
        "    except OSError: return True\n"
        "    return False\n"
        f"hidden = not os.path.exists({str(plan.data_folder / 'secret.txt')!r})\n"
        f"still = fails(lambda: open({str(CODE / 'donovan' / 'written')!r}, 'w'))\n"
        "still = still and fails(lambda: open('/x', 'w'))\n"
        "sys.exit(0 if hidden and still and names == ['lo'] else 1)\n"
    )
    assert subprocess.run([*sandbox, sys.executable, "-c", script], check=False).returncode == 0


def test_the_data_folder_inside_the_code_is_hidden_too(plan: HostPlan) -> None:
    inside = HostPlan(plan.weights, plan.socket_path, CODE / "donovan" / "llm", 512, 1)
    command = sandbox_command(inside)
    if command:
        assert command[command.index(str(inside.data_folder)) - 1] == "--tmpfs"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_model_chosen_into_the_data_folder_is_seen_and_what_lies_beside_it_is_not(tmp_path: Path) -> None:
    models = tmp_path / "data" / "models"
    models.mkdir(parents=True)
    for name in ("own.gguf", "adapter.gguf"):
        (models / name).write_bytes(b"GGUF")
    plan = HostPlan(Weights(models / "own.gguf", "0" * 64), tmp_path / "llm.sock", tmp_path / "data", 512, 1)
    sandbox = sandbox_command(plan)
    if not sandbox:
        pytest.skip("bubblewrap does not work on this machine; the host says so in its log")
    script = f"import os, sys; sys.exit(0 if os.listdir({str(models)!r}) == ['own.gguf'] else 1)"
    assert subprocess.run([*sandbox, sys.executable, "-c", script], check=False).returncode == 0


def test_without_bubblewrap_the_host_runs_and_says_so(
    plan: HostPlan, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert sandbox_command(plan) == []
    assert "WITHOUT its sandbox" in caplog.text


def test_the_settings_describe_a_host() -> None:
    assert host_plan().weights.digest.startswith("b179c952")


def test_run_model_host_serves_until_it_is_told_to_end() -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_model_host"],
        cwd=CODE,
        env=dict(os.environ),
        stderr=subprocess.DEVNULL,
    )
    try:
        model: LanguageModel = HostedModel(host_plan(), HostKeeper(supervisor_seconds=60))
        deadline = time.monotonic() + 60
        while not host_plan().socket_path.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert model.count_tokens("it runs") > 0
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) is not None
