"""One message that is none stops neither the worker nor its clock."""

import json
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Queue

from donovan.celery import app
from ingest.work.broker import Transport

NONE = (
    b"",
    b"not json",
    b"{}",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    json.dumps({"body": "e30=", "properties": {}}).encode(),
    json.dumps({"body": "e30=", "properties": {"delivery_tag": "1", "body_encoding": "base64"}}).encode(),
    json.dumps(
        {"body": "?", "content-type": "application/x-python-serialize", "content-encoding": "binary",
         "headers": {}, "properties": {"delivery_tag": "1", "delivery_info": {"exchange": ""}}}
    ).encode(),
)  # fmt: skip


def test_what_is_no_message_is_dropped_and_the_next_one_is_read(tmp_path: Path) -> None:
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("filesystem://", transport_options={**folders, "store_processed": False}) as connection:
        assert isinstance(connection.transport, Transport)
        queue = Queue("celery", channel=connection)
        for number, content in enumerate(NONE):
            (tmp_path / f"0{number:03}_bad.celery.msg").write_bytes(content)
        connection.Producer().publish({"work": 1}, routing_key="celery", declare=[queue])
        message = queue.get()
        assert message is not None and message.payload == {"work": 1}
        message.ack()
        assert queue.get() is None
        with pytest.raises(Empty):
            connection.default_channel._get("celery")
    assert list(tmp_path.glob("*.msg")) == []


def test_the_workers_use_it() -> None:
    with app.connection_for_read() as connection:
        assert isinstance(connection.transport, Transport)
