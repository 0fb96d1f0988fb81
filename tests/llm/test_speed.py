"""The speed of a model is what the machine can do, not what it could spare at one moment."""

from donovan.llm.speed import KEPT, Speed, Speedometer


def test_nothing_is_told_before_both_were_measured() -> None:
    meter = Speedometer()
    assert meter.speed is None
    meter.add(read=100, read_seconds=1.0, written=1, write_seconds=0.1)
    assert meter.speed is None
    meter.add(read=0, read_seconds=0.0, written=10, write_seconds=0.5)
    assert meter.speed == Speed(100.0, 20.0)


def test_a_busy_moment_does_not_make_a_machine_slow() -> None:
    meter = Speedometer()
    meter.add(read=150, read_seconds=1.0, written=30, write_seconds=1.0)
    for _ in range(KEPT - 1):
        meter.add(read=150, read_seconds=20.0, written=30, write_seconds=20.0)
    assert meter.speed == Speed(150.0, 30.0)


def test_a_machine_that_stays_slow_is_believed_in_the_end() -> None:
    meter = Speedometer()
    meter.add(read=150, read_seconds=1.0, written=30, write_seconds=1.0)
    for _ in range(KEPT):
        meter.add(read=150, read_seconds=20.0, written=30, write_seconds=20.0)
    assert meter.speed == Speed(7.5, 1.5)


def test_what_was_still_in_memory_or_is_too_short_is_not_measured() -> None:
    meter = Speedometer()
    meter.add(read=3, read_seconds=0.0001, written=2, write_seconds=0.0001)
    assert meter.speed is None
