"""A report as the product makes them at its fullest: every kind of block and state, hostile and foreign.

Nothing here comes from a document of the demonstration.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from donovan.insight.charts.specifications import Axis, BandPoint, line_with_band
from donovan.reports.content import (
    Declassification,
    FigureBlock,
    MapBlock,
    MapPlace,
    Paragraph,
    ReportContent,
    SectionContent,
    Source,
    Statement,
    TableBlock,
)

BANNER = "SECRET//HARBOR//NOFORN"
HIGH, LOW = "(S//HARBOR//NF)", "(U)"
HOSTILE = (
    '=HYPERLINK("http://example.invalid") <script>alert(1)</script> [x](javascript:alert(1)) \x07\u202eabc'
)
COVERAGE = (
    "500 documents of the collection Relief were in scope; 493 were read, 7 could not be read and are "
    "named in the library. 14 passages are cited."
)
FOREIGN = "Порт закрыт до утра. ميناء الشحن مغلق حتى الصباح. 港口关闭至早晨。"


def source(number: int, **changes: object) -> Source:
    values: dict[str, object] = {
        "number": number,
        "document_id": f"00000000-0000-4000-8000-0000000000{number % 6:02}",
        "title": f"Harbour log of pier {number % 6}",
        "where": f"page {number}",
        "quote": "The crane at pier four stood still from 0600 to 1430 for want of diesel fuel.",
        "portion": HIGH if number % 2 else LOW,
        "marking": BANNER if number % 2 else "UNCLASSIFIED",
        "address": f"/library/documents/00000000-0000-4000-8000-0000000000{number % 6:02}/?page={number}",
        "document_date": date(2026, 3, 1 + number % 27),
    }
    return Source(**{**values, **changes})  # type: ignore[arg-type]


def chart() -> dict[str, object]:
    points = [
        BandPoint(date(2026, 3, day), 40 + day % 7 * 3 + (45 if day == 17 else 0), 49, 38, 60, day == 17)
        for day in range(1, 29)
    ]
    return line_with_band(points, x=Axis("Day"), y=Axis("Water delivered", "m³"))


def rich_report(**changes: object) -> ReportContent:
    """Eight sections. Section 6 failed; source 3 was withdrawn."""
    situation = SectionContent(
        "situation",
        "Situation",
        "done",
        (
            Paragraph(
                HIGH,
                (
                    Statement(
                        "Two of the five piers at the harbour were out of use on 3 March 2026.",
                        "supported",
                        (4,),
                    ),
                    Statement(
                        "The crane at pier four stood still for eight and a half hours.", "supported", (2, 4)
                    ),
                    Statement(
                        "Fuel is expected to reach the pier within two days.",
                        "not supported",
                        (3,),
                        reason="page 3 gives no date",
                    ),
                ),
            ),
            Paragraph(
                LOW,
                (Statement("Drinking water was delivered to all four camps.", "supported", (6,)),),
                is_bullet=True,
            ),
            Paragraph(
                LOW,
                (
                    Statement(
                        "Boiling notices stay in force until further notice.",
                        "supported",
                        (6,),
                        is_edited=True,
                    ),
                ),
                is_bullet=True,
            ),
            Paragraph(
                HIGH,
                (
                    Statement(
                        "The convoy of the ninth is said to be on the road.",
                        "not checked",
                        (),
                        is_edited=True,
                    ),
                    Statement("It carries forty tonnes of flour.", "withdrawn", (3,)),
                ),
            ),
        ),
        portion=HIGH,
    )
    figures = SectionContent(
        "figures",
        "Deliveries against their own past",
        "done",
        (
            Paragraph(
                LOW,
                (
                    Statement(
                        "On 17 March 94 m³ of water were delivered, 45 above the usual value.",
                        "computed",
                        (7,),
                    ),
                ),
            ),
            FigureBlock(
                LOW,
                "Water delivered a day, March 2026, with the range expected of it",
                chart(),
                "A line between 40 and 60 cubic metres a day with one peak of 94 on 17 March.",
                (7,),
            ),
            TableBlock(
                LOW,
                "Deliveries by camp",
                ("camp", "tonnes", "water", "share", "first_delivery", "is_open"),
                (
                    ("North", 1204, Decimal("88.50"), 0.1 + 0.2, date(2026, 3, 1), True),
                    (
                        "South, beyond the old bridge and the second checkpoint",
                        88,
                        Decimal("7.25"),
                        0.07,
                        date(2026, 3, 4),
                        False,
                    ),
                    ("=SUM(A1:A9)", -5, None, -0.5, None, None),
                    (FOREIGN, 12, Decimal("1"), float("nan"), date(2026, 3, 9), True),
                ),
                (7, 8),
                note="Tonnes are metric.",
                units={"tonnes": "t", "water": "m³"},
            ),
        ),
        portion=LOW,
    )
    long_table = SectionContent(
        "register",
        "Register of vessels",
        "done",
        (
            TableBlock(
                HIGH,
                "Vessels at anchor, with draught, cargo and times",
                ("vessel", "call_sign", "flag", "draught", "cargo", "arrived", "left", "agent", "berth"),
                tuple(
                    (
                        f"Vessel {row}",
                        f"CS{row:04}",
                        "PA",
                        4 + row / 10,
                        "flour, oil and medicine in pallets",
                        datetime(2026, 3, 1 + row % 28, 6, 30),
                        None,
                        "Harbour Agency",
                        row % 5,
                    )
                    for row in range(130)
                ),
                (9,),
                units={"draught": "m"},
            ),
        ),
        portion=HIGH,
    )
    where = SectionContent(
        "map",
        "Where",
        "done",
        (
            MapBlock(
                HIGH,
                "Places named in the reports of the week",
                (
                    MapPlace("Split", 43.51, 16.44, 9),
                    MapPlace("Zadar", 44.12, 15.23, 4),
                    MapPlace("Mostar", 43.34, 17.81, 2),
                    MapPlace("Dubrovnik", 42.65, 18.09, 1),
                ),
                "Four places on the eastern shore of the Adriatic; Split is named most often, nine times.",
                (10,),
            ),
        ),
        portion=HIGH,
    )
    tongues = SectionContent(
        "tongues",
        "From the original languages",
        "done",
        (
            Paragraph(
                LOW,
                (
                    Statement(FOREIGN, "supported", (11,)),
                    Statement(HOSTILE, "not supported", (12,), reason="it is no statement"),
                ),
            ),
        ),
        portion=LOW,
    )
    failed = SectionContent(
        "odd",
        "What is odd",
        "failed",
        notice="The table of deliveries could not be read. Run this section again.",
        portion=LOW,
    )
    outlook = SectionContent(
        "outlook",
        "Outlook",
        "done",
        (
            Paragraph(
                HIGH,
                tuple(
                    Statement(
                        f"Sentence {number} says what the officers on watch expect of day {number}.",
                        "supported",
                        (number % 12 + 1,),
                    )
                    for number in range(24)
                ),
            ),
        ),
        portion=HIGH,
    )
    empty = SectionContent(
        "gaps",
        "What is not known",
        "done",
        notice="No document in the collection speaks of the airfield.",
        portion=LOW,
    )
    values: dict[str, object] = {
        "title": "Situation at the harbour, first week of March",
        "template": "Situation report",
        "banner": BANNER,
        "portion": HIGH,
        "sections": (situation, figures, long_table, where, tongues, failed, outlook, empty),
        "sources": tuple(source(number, is_current=number != 3) for number in range(1, 15)),
        "author": "Ana Castillo",
        "created_at": datetime(2026, 3, 8, 6, 30, tzinfo=UTC),
        "coverage": COVERAGE,
        "declassification": Declassification(
            "Ana Castillo, watch officer", "Multiple sources", "1.4(a)", "20510308"
        ),
        "subject": "Relief operations, pier and camp supply",
        "warnings": ("Seven documents of the collection could not be read.",),
        "engine": "SmolLM2-135M-Instruct, prompt answer 3",
    }
    return ReportContent(**{**values, **changes})  # type: ignore[arg-type]
