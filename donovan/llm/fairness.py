"""A queue that goes round the people who wait, so that nobody's twenty requests hold up somebody's one."""

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class FairQueue(Generic[Item]):
    """Round-robin between requesters, first come first served within one. Safe for several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._lanes: OrderedDict[str, deque[Item]] = OrderedDict()
        self._is_closed = False

    def put(self, requester: str, item: Item) -> None:
        with self._changed:
            self._lanes.setdefault(requester, deque()).append(item)
            self._changed.notify_all()

    def take(self, timeout: float | None = None) -> Item | None:
        """The next item, or None when `timeout` seconds passed without one or the queue was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or bool(self._lanes), timeout)
            if self._is_closed or not self._lanes:
                return None
            requester, lane = self._lanes.popitem(last=False)
            item = lane.popleft()
            if lane:
                # Back to the end of the round: the others go first.
                self._lanes[requester] = lane
            return item

    def remove(self, item: Item) -> bool:
        """Take an item out of the queue; False if it is no longer in it."""
        with self._changed:
            for requester, lane in self._lanes.items():
                if item in lane:
                    lane.remove(item)
                    if not lane:
                        del self._lanes[requester]
                    return True
        return False

    def positions(self) -> dict[Item, int]:
        """How many waiting items go before each."""
        with self._changed:
            return {item: place for place, item in enumerate(self._in_order())}

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return sum(len(lane) for lane in self._lanes.values())

    def _in_order(self) -> Iterator[Item]:
        lanes = [list(lane) for lane in self._lanes.values()]
        for turn in range(max(map(len, lanes), default=0)):
            yield from (lane[turn] for lane in lanes if turn < len(lane))
