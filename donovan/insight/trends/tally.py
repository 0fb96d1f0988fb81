"""What was found in each period: the common form that documents, words and tables are counted into."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

MOST_GROUPS = 6
ALL = ""


@dataclass
class Tally:
    """Values by group and by the first day of the period.

    `items` counts the documents or rows behind each value; `labels` are those of all documents that were
    counted; `undated` is what could not be placed in time.
    """

    values: dict[str, dict[date, float]] = field(default_factory=dict)
    items: dict[str, dict[date, int]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    undated: int = 0
    title: str = ""
    unit: str = ""
    notices: list[str] = field(default_factory=list)

    def add(self, group: str, period: date, amount: float, items: int = 1) -> None:
        values = self.values.setdefault(group, {})
        values[period] = values.get(period, 0.0) + amount
        counted = self.items.setdefault(group, {})
        counted[period] = counted.get(period, 0) + items

    @property
    def periods(self) -> set[date]:
        return {period for values in self.values.values() for period in values}

    def largest_groups(self) -> list[str]:
        """The groups with the most behind them, at most MOST_GROUPS."""
        sizes: Counter[str] = Counter()
        for group, items in self.items.items():
            sizes[group] = sum(items.values())
        return [
            group for group, _ in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_GROUPS]
        ]
