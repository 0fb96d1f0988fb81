"""What a trend follows: a count of documents, entities or words, or a measure of a table's column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from donovan.insight.errors import InsightError

What = Literal["documents", "entity", "words", "findings", "column"]
How = Literal["count", "sum", "mean", "median", "min", "max"]
Clock = Literal["dated", "received"]
HOW_TITLES: dict[How, str] = {
    "count": "number of rows",
    "sum": "sum",
    "mean": "mean",
    "median": "median",
    "min": "smallest",
    "max": "largest",
}
WHAT_TITLES: dict[What, str] = {
    "documents": "Documents",
    "entity": "Mentions of an entity",
    "words": "Words in the text",
    "findings": "Anomalies found",
    "column": "Column of a table",
}
LONGEST_WORDS = 200
_CHOOSE = "Choose what to follow: documents, an entity, words, anomalies or a column of a table."


@dataclass(frozen=True)
class Measure:
    """One thing to follow over time.

    documents  how many documents there are
    entity     how often the entity with this id is mentioned
    words      how often these words stand in the text, whole and in any case
    findings   how many anomalies were found, in each document
    column     `how` of column `value` of the table with this id, by its column `time`; `value` is empty for
               the number of rows

    `clock` says which time of a document counts: that it is dated by, or when it was received.
    """

    what: What
    clock: Clock = "dated"
    entity: str = ""
    words: str = ""
    table: str = ""
    time: str = ""
    value: str = ""
    how: How = "count"

    @property
    def is_count(self) -> bool:
        """Whether its values are numbers of things, so that nothing found means zero."""
        return self.what != "column" or self.how == "count"

    def parameters(self) -> dict[str, str]:
        """As it stands in an address."""
        given = {name: str(getattr(self, name)) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if value}

    @classmethod
    def from_mapping(cls, given: Mapping[str, str]) -> "Measure":
        """Reads the parameters of an address. Raises InsightError with a sentence for what is no measure."""
        values = {name: given.get(name, "").strip() for name in cls.__dataclass_fields__}
        what, how, clock = values["what"] or "documents", values["how"] or "count", values["clock"] or "dated"
        if what not in get_args(What):
            raise InsightError(_CHOOSE)
        if how not in get_args(How):
            raise InsightError(
                "A column can be followed by its sum, mean, median, smallest, largest or its rows."
            )
        if clock not in get_args(Clock):
            raise InsightError("Documents can be placed in time by their date or by when they were received.")
        measure = cls(
            what=what,  # type: ignore[arg-type]
            clock=clock,  # type: ignore[arg-type]
            entity=values["entity"] if what == "entity" else "",
            words=values["words"] if what == "words" else "",
            table=values["table"] if what == "column" else "",
            time=values["time"] if what == "column" else "",
            value=values["value"] if what == "column" else "",
            how=how if what == "column" else "count",  # type: ignore[arg-type]
        )
        measure.check()
        return measure

    def check(self) -> None:
        """Raises InsightError with a sentence when something is missing."""
        if self.what == "words" and not self.words:
            raise InsightError("Write the words to follow, such as “cholera” or “Orlov Bridge”.")
        if len(self.words) > LONGEST_WORDS:
            raise InsightError(f"The words are longer than {LONGEST_WORDS} characters. Shorten them.")
        if self.what == "entity" and not self.entity:
            raise InsightError("Choose the entity to follow: open it and take “Over time”.")
        if self.what == "column" and not self.table:
            raise InsightError("Choose the table whose column is to be followed.")
        if self.what == "column" and self.how != "count" and not self.value:
            raise InsightError(f"Choose the column of which to take the {HOW_TITLES[self.how]}.")
