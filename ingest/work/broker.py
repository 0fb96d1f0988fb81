"""The broker of files, which a message that is none does not stop.

Kombu's own raises on a file that holds no message, and with it end the worker and its clock. Losing a message
loses nothing here: what has to be done stands in the database.
"""

import logging
from typing import Any

from kombu.exceptions import KombuError
from kombu.transport import filesystem

logger = logging.getLogger(__name__)
_NO_MESSAGE = (ValueError, TypeError, LookupError, AttributeError, RecursionError, KombuError)


class Channel(filesystem.Channel):
    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """The next message of a queue. What is none is dropped, and a line says so.

        Raises queue.Empty, and what the file system raises.
        """
        while True:
            try:
                payload: dict[str, Any] = super()._get(queue)  # type: ignore[no-untyped-call]
                # As whoever consumes it will read it, which takes parts of it away.
                read: Any = self.Message
                read({**payload, "properties": {**payload["properties"]}}, channel=self).decode()
                payload["properties"]["delivery_info"]["exchange"]
            except _NO_MESSAGE as error:
                logger.warning("a message of the queue %s was none: %s", queue, type(error).__name__)
            else:
                return payload


class Transport(filesystem.Transport):
    Channel = Channel
