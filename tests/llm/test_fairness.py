"""The queue goes round the requesters."""

import threading
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from donovan.llm.fairness import FairQueue


def test_one_request_is_not_held_up_by_somebodys_twenty() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(20):
        queue.put("ana", f"ana {number}")
    queue.put("ben", "ben 0")
    taken = [queue.take(0) for _ in range(3)]
    assert taken == ["ana 0", "ben 0", "ana 1"]


@given(st.lists(st.sampled_from(["ana", "ben", "chloe"]), max_size=30))
def test_positions_say_in_which_order_items_are_taken(requesters: list[str]) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number, requester in enumerate(requesters):
        queue.put(requester, (requester, number))
    promised = queue.positions()
    for place in range(len(requesters)):
        item = queue.take(0)
        assert item is not None
        assert promised[item] == place


@given(st.lists(st.sampled_from(["ana", "ben", "chloe"]), min_size=1, max_size=30))
def test_nobody_is_served_twice_while_another_waits_from_before(requesters: list[str]) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    for number, requester in enumerate(requesters):
        queue.put(requester, (requester, number))
    served: Counter[str] = Counter()
    left = Counter(requesters)
    while (item := queue.take(0)) is not None:
        served[item[0]] += 1
        left[item[0]] -= 1
        assert all(served[item[0]] - served[other] <= 1 for other in left if left[other] > 0)


def test_a_removed_item_is_never_taken() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("ana", "first")
    queue.put("ana", "second")
    assert queue.remove("first")
    assert not queue.remove("first")
    assert queue.take(0) == "second"
    assert len(queue) == 0


def test_closing_wakes_whoever_waits() -> None:
    queue: FairQueue[str] = FairQueue()
    taken: list[object] = []
    waiting = threading.Thread(target=lambda: taken.append(queue.take()))
    waiting.start()
    queue.close()
    waiting.join(2)
    assert taken == [None]
