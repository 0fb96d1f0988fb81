"""The logistics tables: stock on hand, fuel issues, convoy movements, and the cargo of the MV Corvina Star.

What was counted by hand stands in texts/tables/*.csv; what is only a daily routine is drawn from a fixed
seed.
"""

import datetime
import random

from rendering.figures import days
from rendering.office import Cell
from rendering.tables import DemoTable, written_rows

_FUEL_SHARES = (
    ("Camp Lipa generators", 0.17),
    ("Camp Jasen generators", 0.21),
    ("Camp Hrast generators", 0.12),
    ("Convoy vehicles", 0.31),
    ("Sutina pumping station", 0.11),
    ("St Vida Hospital, Brezna", 0.08),
)


def stock_on_hand() -> DemoTable:
    """The stock return of 20 September: stock, receipts, issues and a summary by place."""
    stock = written_rows("stock")
    pallets: dict[str, int] = {}
    lines: dict[str, int] = {}
    for row in stock[1:]:
        place = str(row[2])
        pallets[place] = pallets.get(place, 0) + int(str(row[6]))
        lines[place] = lines.get(place, 0) + 1
    summary: list[list[Cell]] = [["Location", "Lines", "Pallets"]]
    summary.extend([place, lines[place], pallets[place]] for place in pallets)
    summary.append(["All locations", sum(lines.values()), sum(pallets.values())])
    receipts = written_rows("receipts")
    table = DemoTable({"Stock": stock, "Receipts": receipts, "Issues": _issues(stock), "Summary": summary})
    body_bag = table.row_of("Stock", "Item", "Body bag")
    table.plant("Stock", 5, "On hand", -640, kind="negative stock", why="Stock on hand cannot be below zero.")
    table.plant(
        "Stock",
        14,
        "On hand",
        48500,
        kind="unit error",
        why="Counted in tablets, not in boxes of 100: 485 boxes are 48,500 tablets.",
    )
    table.plant(
        "Stock",
        24,
        "Expiry",
        "2006-02-28",
        kind="impossible date",
        why="Expired twenty years before the operation began; 2027 was meant.",
    )
    table.plant("Stock", 31, "On hand", None, kind="missing value", why="No count was entered.")
    table.plant(
        "Stock",
        body_bag,
        "Last counted",
        "2026-09-31",
        kind="impossible date",
        why="September has thirty days.",
    )
    table.plant(
        "Receipts",
        7,
        "Quantity",
        200000,
        kind="outlier",
        why="A hundred times the 2,000 kg on the delivery note RC-1101; the depot cannot hold 200 tonnes.",
    )
    table.repeat("Receipts", 8, why="The same receipt RC-1201 was booked twice.")
    table.plant(
        "Summary",
        4,
        "Pallets",
        92,
        kind="broken sum",
        why="The pallets of Camp Jasen in the sheet Stock add up to 33.",
    )
    return table


def _issues(stock: list[list[Cell]]) -> list[list[Cell]]:
    chance = random.Random(2026)  # noqa: S311 - a demo table, not a secret
    rows: list[list[Cell]] = [["Document", "Date", "Item", "Code", "Quantity", "Unit", "To", "Convoy"]]
    wanted = [row for row in stock[1:] if row[2] == "FLB Anvil" and int(str(row[4])) > 100]
    places = ("Camp Lipa", "Camp Jasen", "Camp Hrast", "St Vida Hospital, Brezna")
    for number, today in enumerate(days()[:15], 1):
        for line in range(1, 4):
            item = wanted[chance.randrange(len(wanted))]
            quantity = max(5, int(int(str(item[4])) * chance.uniform(0.03, 0.09)) // 5 * 5)
            document = f"IS-{today.date:%d}{line:02d}"
            place = places[chance.randrange(len(places))]
            rows.append(
                [document, today.date.isoformat(), item[0], item[1], quantity, item[3], place, number * 2 - 1]
            )
    return rows


def fuel_issues() -> DemoTable:
    """Diesel issued each day by consumer, in litres; petrol for boats now and then. One CSV."""
    chance = random.Random(913)  # noqa: S311 - a demo table, not a secret
    rows: list[list[Cell]] = [["date", "voucher", "consumer", "product", "litres", "issued_by"]]
    clerks = ("Cpl Jo Adair", "Pte Lena Moss", "SSgt Amos Tully")
    voucher = 4100
    for today in days():
        left = today.diesel
        for place, (consumer, share) in enumerate(_FUEL_SHARES):
            is_last = place == len(_FUEL_SHARES) - 1
            litres = left if is_last else int(today.diesel * share * chance.uniform(0.94, 1.06)) // 5 * 5
            left -= litres
            voucher += 1
            clerk = clerks[chance.randrange(len(clerks))]
            rows.append([today.date.isoformat(), f"F-{voucher}", consumer, "diesel", litres, clerk])
        if today.date.day % 3 == 0:
            voucher += 1
            litres = chance.randrange(80, 160, 5)
            rows.append([today.date.isoformat(), f"F-{voucher}", "Patrol boats", "petrol", litres, clerks[0]])
    table = DemoTable({"": rows})
    convoy = table.row_of("", "date", "2026-09-09") + 3
    table.plant(
        "",
        convoy,
        "litres",
        int(str(rows[convoy - 1][4])) * 10,
        kind="outlier",
        why="Ten times the usual issue to the convoy vehicles; a zero too many.",
    )
    gallons = table.row_of("", "date", "2026-09-12") + 1
    in_litres = int(str(rows[gallons - 1][4]))
    table.plant(
        "",
        gallons,
        "litres",
        round(in_litres / 3.785, 1),
        kind="unit error",
        why=f"Entered in US gallons: {in_litres} litres were issued.",
    )
    table.plant("", 77, "date", "2026-09-31", kind="impossible date", why="September has thirty days.")
    table.plant("", 64, "issued_by", None, kind="missing value", why="No one signed for the issue.")
    table.plant(
        "", 96, "litres", -480, kind="negative quantity", why="Fuel cannot be issued in negative litres."
    )
    table.plant(
        "",
        104,
        "product",
        "kerosene",
        kind="new category",
        why="The task force holds no kerosene; every other issue is diesel or petrol.",
    )
    table.repeat("", 50, why="The same voucher was entered twice.")
    return table


def convoy_movements() -> DemoTable:
    """Each convoy from FLB Anvil to Brezna. One CSV."""
    table = DemoTable({"": written_rows("convoys")})
    table.plant(
        "",
        9,
        "arrived",
        "10:05",
        kind="impossible order",
        why="Convoy 8 arrives before it departed at 12:40; 17:15 is in the radio log.",
    )
    table.plant(
        "",
        15,
        "route",
        "AMBER",
        kind="contradiction",
        why="Orlov Bridge on Route AMBER was closed from 3 to 24 September.",
    )
    table.plant(
        "", 21, "tonnes", 31500, kind="unit error", why="Convoy 20 was entered in kilograms, not in tonnes."
    )
    table.plant("", 24, "vehicles", None, kind="missing value", why="Convoy 23 has no number of vehicles.")
    table.plant("", 31, "date", "2062-09-21", kind="impossible date", why="The year's digits were swapped.")
    table.repeat("", 29, why="Convoy 28 was entered twice.")
    return table


def cargo_manifest() -> DemoTable:
    """The MV Corvina Star: what was declared, and what the tally clerks counted at Berth 4. An XLSX."""
    chance = random.Random(9990017)  # noqa: S311 - a demo table, not a secret
    kinds = (
        ("Cement, bagged", 23.5),
        ("Roofing sheet", 18.2),
        ("Generators, 30 kVA", 11.4),
        ("Rice, 25 kg bags", 21.0),
    )
    declared: list[list[Cell]] = [["Container", "Contents", "Consignee", "Gross tonnes"]]
    for number in range(1, 213):
        contents, tonnes = kinds[0 if number <= 96 else 1 if number <= 168 else 2 if number <= 172 else 3]
        consignee = "ARCC" if number > 168 else "Brodar Trade"
        weight = round(tonnes * chance.uniform(0.96, 1.03), 1)
        declared.append([f"CVSU {410000 + number * 37}", contents, consignee, weight])
    tally: list[list[Cell]] = [["Container", "Discharged", "Seal", "Gross tonnes", "Remark"]]
    start = datetime.datetime(2026, 9, 20, 16, 0)
    for number, row in enumerate(declared[1:]):
        moment = start + datetime.timedelta(minutes=11 * number)
        tally.append([row[0], f"{moment:%Y-%m-%d %H:%M}", "intact", row[3], None])
    table = DemoTable({"Declared": declared, "Tally": tally})
    for number, name in enumerate(("KSTU 770112", "KSTU 770128", "KSTU 770133", "KSTU 770149")):
        moment = datetime.datetime(2026, 9, 22, 2, 10) + datetime.timedelta(minutes=9 * number)
        tally.append([name, f"{moment:%Y-%m-%d %H:%M}", "none", 14.6, "Not declared"])
        table.note(
            "Tally",
            len(tally),
            "Container",
            kind="not declared",
            why="Discharged at night and not on the declared manifest.",
        )
    table.plant(
        "Declared",
        41,
        "Gross tonnes",
        232.0,
        kind="outlier",
        why="A container cannot weigh 232 tonnes; 23.2 was meant.",
    )
    table.plant(
        "Tally", 88, "Seal", "broken", kind="new category", why="Every other seal is intact or absent."
    )
    table.plant(
        "Tally",
        120,
        "Discharged",
        "2026-09-19 23:20",
        kind="impossible date",
        why="Discharged before the ship berthed on 20 September at 14:30.",
    )
    return table
