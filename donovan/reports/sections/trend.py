"""How many documents, or how often certain words, over time: each period beside what its own past led to
expect.
"""

from donovan.insight.errors import InsightError
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.periods import Interval
from donovan.insight.trends.series import series_of
from donovan.insight.trends.views import specification
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_documents
from donovan.reports.errors import ReportError
from donovan.reports.sections.contract import (
    Field,
    Made,
    MadeFigure,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)

_INTERVALS: dict[str, Interval] = {"day": "day", "week": "week", "month": "month"}


class TrendSection(SectionKind):
    name = "trend"
    title = "Trend"
    purpose = "Documents, or words in them, counted over time and held against their own past."
    fields = (
        Field("words", "Words", help="Count these words; empty: count documents."),
        Field(
            "interval",
            "By",
            kind="choice",
            default="week",
            choices=tuple((name, name) for name in _INTERVALS),
        ),
    )

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, work.settings.get("words", ""))
        words = work.settings.get("words", "")
        measure = Measure("words", words=words) if words else Measure("documents")
        interval = _INTERVALS[work.settings.get("interval") or "week"]
        try:
            trend = series_of(work.scope, measure, interval=interval)
        except InsightError as error:
            raise ReportError(error.sentence) from error
        except NotFoundHere:
            raise ReportError("What was to be counted is not there any more.") from None
        # What is counted is each readable document; whether one holds the words is a part of the figure.
        used = dict(readable_documents(work.scope).values_list("pk", "label")) if trend.labels else {}
        if not trend.points:
            return Made(used=used, notice="No dated document falls into any period.")
        picture = specification(trend)
        figure = MadeFigure(
            trend.title, picture, str(picture.get("description", trend.title)), labels=trend.labels
        )
        told = MadeParagraph(
            tuple(MadeStatement(sentence, "computed") for sentence in trend.now), labels=trend.labels
        )
        notice = " ".join(trend.notices)
        blocks = (figure, told) if trend.now else (figure,)
        return Made(blocks, used, notice=notice, engine=trend.baseline[:280])
