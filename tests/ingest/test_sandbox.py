"""The sandbox holds, and what comes out of it is believed only as far as it was agreed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import limits, sandbox
from ingest.errors import IngestError
from ingest.models import Status
from ingest.pages import jpeg_size, read_plain_file
from ingest.protocol import ProtocolError, clean, parse_event
from tests.ingest import files
from tests.ingest.conftest import Take

PAGE = {
    "event": "page", "number": 1, "text": "Water", "source": "digital", "confidence": None, "image": "",
    "width": 0, "height": 0, "unreadable": False, "words": [[0, 5, 0, 0, 1, 1, 1]],
    "headings": [[0, 1, "Water"]],
    "rows": [],
    "hidden": 0, "quoted": [[0, 5, "A. Petrova", "2026-05-08"]],
}  # fmt: skip


def line(**changes: object) -> bytes:
    return json.dumps({**PAGE, **changes}).encode()


def test_from_inside_nothing_can_be_reached() -> None:
    sandbox.self_test()


def test_the_self_test_notices_what_should_not_be_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sandbox._command

    def open_door(module: str, argument: str, binds: list[str], *, seccomp: int) -> list[str]:
        opened = [*binds, "--bind", "/var", "/var", "--setenv", "SECRET_KEY", "x"]
        return whole(module, argument, opened, seccomp=seccomp)

    monkeypatch.setattr(sandbox, "_command", open_door)
    with pytest.raises(IngestError) as caught:
        sandbox.self_test()
    assert caught.value.code == "sandbox-broken"
    assert "see the environment of the service" in caught.value.sentence
    assert "see the folder /var of the machine" in caught.value.sentence


def test_an_agreed_event_is_taken_and_its_control_characters_become_spaces() -> None:
    event = parse_event(line(text="W\u0007ter"))
    assert event.text == "W ter"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "bad",
    [
        b"not json", b"[]", b"{}", b"[" * 5000, line(extra=1), line(number=0),
        line(number="1"), line(number=True),
        line(source="elsewhere"), line(image="../../etc/passwd"), line(image="a/b.jpg"),
        line(words=[[0, 6, 0, 0, 1, 1, 1]]),
        line(words=[[3, 2, 0, 0, 1, 1, 1]]), line(words=[[0, 5, "x", 0, 1, 1, 1]]), line(rows=[[0]]),
        line(text=None),
        line(headings=[[0, 99, "x"]]), line(text="x" * (limits.PAGE_CHARACTERS + 1)),
        line(confidence=float("nan")), line(hidden=7), line(hidden=-1),
        line(quoted=[[0, 6, "x", ""]]), line(quoted=[[0, 5, "x", "yesterday"]]), line(quoted=[[0, 5, "x"]]),
        json.dumps({"event": "attachment", "file": "/etc/passwd", "name": "x"}).encode(),
        json.dumps({"event": "begun", "pages": 10**9, "title": "", "date": "", "metadata": {}}).encode(),
    ],
)  # fmt: skip
def test_anything_else_is_refused(bad: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_event(bad)


@given(st.text())
def test_cleaning_keeps_the_length_and_so_the_offsets(text: str) -> None:
    assert len(clean(text)) == len(text)


@given(st.binary(max_size=200))
def test_rubbish_never_gets_further_than_the_protocol(content: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_event(content)


def reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Put other code in the place of the reader, as a parser that was taken over would be."""
    module = tmp_path / "evil.py"
    module.write_text(code)
    # The account that reads owns nothing here.
    module.chmod(0o644)
    whole = sandbox._command

    def command(name: str, argument: str, binds: list[str], *, seccomp: int) -> list[str]:
        built = whole(name, argument, [*binds, "--ro-bind", str(module), "/in/evil.py"], seccomp=seccomp)
        return [*built[:-2], "exec(open('/in/evil.py').read())", built[-1]]

    # The sandbox is proven once in a process, by the command that is replaced here.
    sandbox.require()
    monkeypatch.setattr(sandbox, "_command", command)


SAY = "import json, os, sys, time\nsay = lambda **e: print(json.dumps(e), flush=True)\n"
BEGIN = (
    "say(event='identified', media_type='text/plain', kind='text', notice='')\n"
    "say(event='begun', pages=1, title='', date='', metadata={})\n"
)
IMAGE_PAGE = (
    "say(event='page', number=1, text='', source='none', confidence=None, image='00001.jpg', width=10,"
    " height=10, unreadable=False, words=[], headings=[], rows=[], hidden=0)\nsay(event='ended')\n"
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (SAY + "os.kill(os.getpid(), 11)", "reader-crashed"),
        (SAY + BEGIN, "reader-crashed"),
        (SAY + BEGIN + "say(event='ended')", "bad-output"),
        (SAY + "say(event='ended')", "bad-output"),
        (SAY + "print('x' * 100)", "bad-output"),
        (SAY + BEGIN + "os.symlink('/etc/passwd', '/out/00001.jpg')\n" + IMAGE_PAGE, "bad-output"),
        (SAY + BEGIN + "open('/out/00001.jpg', 'w').write('<svg/>')\n" + IMAGE_PAGE, "bad-output"),
        (SAY + "say(event='failed', code='made-up', sentence='Click here.')", "bad-output"),
        (SAY + BEGIN + "time.sleep(60)", "too-slow"),
    ],
)  # fmt: skip
def test_a_reader_that_was_taken_over_gets_nowhere(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, expected: str
) -> None:
    from ingest import pipeline

    reader(monkeypatch, tmp_path, code)
    monkeypatch.setattr(limits, "ATTEMPTS", 1)
    monkeypatch.setattr(limits, "STALL_SECONDS", 6 if expected == "too-slow" else 240)
    document = hand_in(b"Some text.", "a.txt")
    document = pipeline.process(document.pk)
    assert (document.status, document.error_code) == (Status.QUARANTINED, expected)
    assert document.pages.count() == 0


def test_links_and_wrong_pictures_in_the_output_folder_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "00001.jpg"
    link.symlink_to("/etc/hostname")
    hard = tmp_path / "00002.jpg"
    hard.write_bytes(b"x")
    (tmp_path / "00003.jpg").hardlink_to(hard)
    for path in (link, hard, tmp_path / "missing.jpg"):
        with pytest.raises(IngestError):
            read_plain_file(path, 1000)
    assert jpeg_size(files.image_bytes(files.picture(), "JPEG")) == (1654, 1000)
    assert jpeg_size(files.image_bytes(files.picture(), "PNG")) == (0, 0)
