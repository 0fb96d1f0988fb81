"""The logistics tables: stock on hand, fuel issues, convoy movements, and the cargo of the MV Corvina Star."""

import datetime
import random

from rendering.figures import days
from rendering.office import Cell
from rendering.tables import DemoTable

_STOCK_HEADER: list[Cell] = [
    "Item", "Code", "Location", "Unit", "On hand", "Minimum", "Pallets", "Last counted", "Expiry",
]  # fmt: skip
_STOCK: list[list[Cell]] = [
    ["Blanket, wool, grey", "SH-1001", "FLB Anvil", "each", 4260, 2000, 36, "2026-09-20", None],
    ["Blanket, wool, grey", "SH-1001", "Camp Lipa", "each", 815, 400, 7, "2026-09-20", None],
    ["Blanket, wool, grey", "SH-1001", "Camp Jasen", "each", 1190, 600, 10, "2026-09-20", None],
    ["Blanket, wool, grey", "SH-1001", "Camp Hrast", "each", 640, 300, 6, "2026-09-20", None],
    ["Tarpaulin, 4 x 6 m", "SH-1014", "FLB Anvil", "each", 1875, 800, 25, "2026-09-20", None],
    ["Tarpaulin, 4 x 6 m", "SH-1014", "Camp Jasen", "each", 312, 200, 5, "2026-09-20", None],
    ["Tent, family, 5 person", "SH-1020", "FLB Anvil", "each", 146, 100, 29, "2026-09-20", None],
    ["Tent, family, 5 person", "SH-1020", "Camp Hrast", "each", 38, 20, 8, "2026-09-20", None],
    ["Jerrycan, collapsible, 10 l", "SH-1033", "FLB Anvil", "each", 5400, 3000, 18, "2026-09-20", None],
    ["Jerrycan, collapsible, 10 l", "SH-1033", "Camp Jasen", "each", 960, 500, 3, "2026-09-20", None],
    ["Water purification tablet", "SH-2002", "FLB Anvil", "box of 100", 2140, 1500, 11, "2026-09-20", "2028-03-31"],
    ["Water purification tablet", "SH-2002", "Camp Lipa", "box of 100", 310, 200, 2, "2026-09-20", "2028-03-31"],
    ["Water purification tablet", "SH-2002", "Camp Jasen", "box of 100", 485, 400, 3, "2026-09-20", "2028-03-31"],
    ["Water purification unit, 4 m3/h", "SH-2010", "FLB Anvil", "each", 3, 2, 3, "2026-09-20", None],
    ["Water purification unit, 4 m3/h", "SH-2010", "Camp Jasen", "each", 2, 2, 2, "2026-09-20", None],
    ["Bladder tank, 10 m3", "SH-2015", "FLB Anvil", "each", 6, 4, 6, "2026-09-20", None],
    ["Chlorine granules, 65 %", "SH-2021", "FLB Anvil", "kg", 1450, 800, 4, "2026-09-20", "2027-05-31"],
    ["Chlorine granules, 65 %", "SH-2021", "Sutina pumping station", "kg", 220, 300, 1, "2026-09-20", "2027-05-31"],
    ["Oral rehydration salts", "SH-3001", "FLB Anvil", "sachet", 18200, 10000, 9, "2026-09-20", "2027-11-30"],
    ["Oral rehydration salts", "SH-3001", "Camp Jasen", "sachet", 6450, 4000, 3, "2026-09-20", "2027-11-30"],
    ["Ringer lactate, 1 l", "SH-3007", "FLB Anvil", "bag", 2380, 1200, 6, "2026-09-20", "2027-08-31"],
    ["Ringer lactate, 1 l", "SH-3007", "St Vida Hospital, Brezna", "bag", 410, 500, 1, "2026-09-20", "2027-08-31"],
    ["Ciprofloxacin 500 mg", "SH-3012", "FLB Anvil", "box of 100", 164, 100, 1, "2026-09-20", "2027-02-28"],
    ["Ciprofloxacin 500 mg", "SH-3012", "Camp Jasen", "box of 100", 52, 40, 1, "2026-09-20", "2027-02-28"],
    ["Body bag", "SH-3030", "FLB Anvil", "each", 120, 50, 1, "2026-09-20", None],
    ["Meal, ready to serve", "SH-4001", "FLB Anvil", "tray of 50", 3650, 2500, 61, "2026-09-20", "2027-06-30"],
    ["Meal, ready to serve", "SH-4001", "Camp Lipa", "tray of 50", 284, 150, 5, "2026-09-20", "2027-06-30"],
    ["Meal, ready to serve", "SH-4001", "Camp Jasen", "tray of 50", 371, 200, 6, "2026-09-20", "2027-06-30"],
    ["Rice, 25 kg", "SH-4010", "FLB Anvil", "bag", 1320, 600, 33, "2026-09-20", "2027-12-31"],
    ["Infant formula, 400 g", "SH-4016", "FLB Anvil", "tin", 2875, 1500, 6, "2026-09-20", "2027-04-30"],
    ["Generator, 30 kVA", "SH-5002", "FLB Anvil", "each", 5, 3, 5, "2026-09-20", None],
    ["Generator, 30 kVA", "SH-5002", "Camp Hrast", "each", 2, 1, 2, "2026-09-20", None],
    ["Pump, submersible, 50 m3/h", "SH-5008", "FLB Anvil", "each", 2, 2, 2, "2026-09-20", None],
    ["Bridge panel, steel, 3 m", "SH-5015", "Orlov Bridge", "each", 28, 24, 14, "2026-09-20", None],
]

_RECEIPTS: list[list[Cell]] = [
    ["Document", "Date", "Item", "Code", "Quantity", "Unit", "From", "Received by"],
    ["RC-0601", "2026-09-06", "Tarpaulin, 4 x 6 m", "SH-1014", 1200, "each", "USS Fort Ellery", "SSgt Amos Tully"],
    ["RC-0602", "2026-09-06", "Meal, ready to serve", "SH-4001", 1500, "tray of 50", "USS Fort Ellery", "SSgt Amos Tully"],
    ["RC-0701", "2026-09-07", "Water purification unit, 4 m3/h", "SH-2010", 5, "each", "HMS Tamarind", "Cpl Jo Adair"],
    ["RC-0801", "2026-09-08", "Blanket, wool, grey", "SH-1001", 6000, "each", "Blue Lantern Relief", "Cpl Jo Adair"],
    ["RC-0901", "2026-09-09", "Jerrycan, collapsible, 10 l", "SH-1033", 7200, "each", "Blue Lantern Relief", "Cpl Jo Adair"],
    ["RC-1101", "2026-09-11", "Chlorine granules, 65 %", "SH-2021", 2000, "kg", "Brodar Trade", "SSgt Amos Tully"],
    ["RC-1201", "2026-09-12", "Oral rehydration salts", "SH-3001", 12000, "sachet", "Hospital ship Virgen del Faro", "Cpl Jo Adair"],
    ["RC-1401", "2026-09-14", "Ringer lactate, 1 l", "SH-3007", 1800, "bag", "Hospital ship Virgen del Faro", "Cpl Jo Adair"],
    ["RC-1601", "2026-09-16", "Oral rehydration salts", "SH-3001", 20000, "sachet", "USS Fort Ellery", "SSgt Amos Tully"],
    ["RC-1801", "2026-09-18", "Bridge panel, steel, 3 m", "SH-5015", 28, "each", "HMS Tamarind", "WO2 Neil Garrow"],
    ["RC-2001", "2026-09-20", "Generator, 30 kVA", "SH-5002", 4, "each", "MV Corvina Star", "SSgt Amos Tully"],
    ["RC-2101", "2026-09-21", "Rice, 25 kg", "SH-4010", 900, "bag", "MV Corvina Star", "SSgt Amos Tully"],
]

_FUEL_SHARES = (
    ("Camp Lipa generators", 0.17),
    ("Camp Jasen generators", 0.21),
    ("Camp Hrast generators", 0.12),
    ("Convoy vehicles", 0.31),
    ("Sutina pumping station", 0.11),
    ("St Vida Hospital, Brezna", 0.08),
)

_CONVOYS = """
1 09-06 COBALT 07:10 11:25 8 21.5 Tarpaulins, jerrycans
2 09-06 COBALT 13:00 17:20 6 14.0 Meals, ready to serve
3 09-07 COBALT 06:45 11:05 10 26.0 Meals, ready to serve
4 09-07 COBALT 12:30 17:00 5 11.5 Blankets
5 09-08 COBALT 06:30 10:50 12 30.0 Meals, blankets
6 09-08 COBALT 12:15 16:55 7 17.5 Chlorine, bladder tanks
7 09-09 COBALT 06:40 11:10 12 31.0 Meals, rice
8 09-09 COBALT 12:40 17:15 6 12.0 Medical supplies
9 09-10 COBALT 06:35 11:20 11 28.5 Meals, jerrycans
10 09-10 COBALT 13:10 17:40 5 9.5 Generator spares, fuel
11 09-11 COBALT 06:30 11:00 9 24.0 Water purification units
12 09-11 COBALT 12:20 16:45 12 32.0 Meals, rice
13 09-12 COBALT 06:30 10:55 10 27.0 Oral rehydration salts, tents
14 09-12 COBALT 12:10 16:40 8 19.5 Meals, ready to serve
15 09-12 COBALT 14:00 18:30 4 8.0 Fuel
16 09-13 COBALT 06:30 10:50 11 29.0 Meals, blankets
17 09-13 COBALT 08:20 turned back 9 22.0 Medical supplies, tents
18 09-14 COBALT 07:30 12:15 12 30.5 Meals, Ringer lactate
19 09-14 COBALT 13:00 17:45 6 13.0 Fuel
20 09-15 COBALT 07:30 12:20 12 31.5 Meals, rice
21 09-15 COBALT 13:15 18:00 7 16.0 Chlorine, soap
22 09-16 COBALT 07:00 11:40 12 31.0 Meals, oral rehydration salts
23 09-16 COBALT 12:50 17:35 8 18.5 Tents, tarpaulins
24 09-17 COBALT 07:00 11:45 12 30.0 Meals, rice
25 09-17 COBALT 12:30 17:20 6 12.5 Fuel
26 09-18 COBALT 07:00 11:35 11 28.0 Meals, infant formula
27 09-19 COBALT 07:00 11:30 14 38.5 Bridge panels
28 09-19 COBALT 13:20 17:55 8 20.0 Meals, ready to serve
29 09-20 COBALT 07:00 11:40 12 31.0 Meals, rice
30 09-21 COBALT 07:00 11:25 10 25.5 Generators, pumps
31 09-22 COBALT 07:00 11:30 12 30.0 Meals, rice
32 09-23 COBALT 07:00 11:35 11 27.5 Meals, roofing sheet
33 09-24 AMBER 08:00 09:10 16 41.0 Roofing sheet, cement
34 09-25 AMBER 07:30 08:35 18 46.5 Roofing sheet, cement
35 09-25 AMBER 13:00 14:10 12 29.0 Meals, rice
36 09-26 AMBER 07:30 08:40 18 47.0 Cement, timber
"""
_DISTANCES = {"AMBER": 38, "COBALT": 71}


def stock_on_hand() -> DemoTable:
    """The stock return of 20 September: stock, receipts, issues and a summary by place."""
    stock = [list(_STOCK_HEADER), *(list(row) for row in _STOCK)]
    pallets: dict[str, int] = {}
    lines: dict[str, int] = {}
    for row in _STOCK:
        place = str(row[2])
        pallets[place] = pallets.get(place, 0) + int(str(row[6]))
        lines[place] = lines.get(place, 0) + 1
    summary: list[list[Cell]] = [["Location", "Lines", "Pallets"]]
    summary.extend([place, lines[place], pallets[place]] for place in pallets)
    summary.append(["All locations", sum(lines.values()), sum(pallets.values())])
    table = DemoTable(
        {"Stock": stock, "Receipts": [list(row) for row in _RECEIPTS], "Issues": _issues(), "Summary": summary}
    )
    body_bag = table.row_of("Stock", "Item", "Body bag")
    table.plant("Stock", 5, "On hand", -640, kind="negative stock", why="Stock on hand cannot be below zero.")
    table.plant("Stock", 14, "On hand", 48500, kind="unit error",
                why="Counted in tablets, not in boxes of 100: 485 boxes are 48,500 tablets.")  # fmt: skip
    table.plant("Stock", 24, "Expiry", "2006-02-28", kind="impossible date",
                why="Expired twenty years before the operation began; 2027 was meant.")  # fmt: skip
    table.plant("Stock", 31, "On hand", None, kind="missing value", why="No count was entered.")
    table.plant("Stock", body_bag, "Last counted", "2026-09-31", kind="impossible date",
                why="September has thirty days.")  # fmt: skip
    table.plant("Receipts", 7, "Quantity", 200000, kind="outlier",
                why="A hundred times the 2,000 kg on the delivery note RC-1101; the depot cannot hold 200 tonnes.")  # fmt: skip
    table.repeat("Receipts", 8, why="The same receipt RC-1201 was booked twice.")
    table.plant("Summary", 4, "Pallets", 92, kind="broken sum",
                why="The pallets of Camp Jasen in the sheet Stock add up to 33.")  # fmt: skip
    return table


def _issues() -> list[list[Cell]]:
    chance = random.Random(2026)  # noqa: S311 - a demo table, not a secret
    rows: list[list[Cell]] = [["Document", "Date", "Item", "Code", "Quantity", "Unit", "To", "Convoy"]]
    wanted = [row for row in _STOCK if row[2] == "FLB Anvil" and int(str(row[4])) > 100]
    places = ("Camp Lipa", "Camp Jasen", "Camp Hrast", "St Vida Hospital, Brezna")
    for number, today in enumerate(days()[:15], 1):
        for line in range(1, 4):
            item = wanted[chance.randrange(len(wanted))]
            quantity = max(5, int(int(str(item[4])) * chance.uniform(0.03, 0.09)) // 5 * 5)
            document = f"IS-{today.date:%d}{line:02d}"
            place = places[chance.randrange(len(places))]
            rows.append([document, today.date.isoformat(), item[0], item[1], quantity, item[3], place, number * 2 - 1])
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
    table.plant("", convoy, "litres", int(str(rows[convoy - 1][4])) * 10, kind="outlier",
                why="Ten times the usual issue to the convoy vehicles; a zero too many.")  # fmt: skip
    gallons = table.row_of("", "date", "2026-09-12") + 1
    in_litres = int(str(rows[gallons - 1][4]))
    table.plant("", gallons, "litres", round(in_litres / 3.785, 1), kind="unit error",
                why=f"Entered in US gallons: {in_litres} litres were issued.")  # fmt: skip
    table.plant("", 77, "date", "2026-09-31", kind="impossible date", why="September has thirty days.")
    table.plant("", 64, "issued_by", None, kind="missing value", why="No one signed for the issue.")
    table.plant("", 96, "litres", -480, kind="negative quantity", why="Fuel cannot be issued in negative litres.")
    table.plant("", 104, "product", "kerosene", kind="new category",
                why="The task force holds no kerosene; every other issue is diesel or petrol.")  # fmt: skip
    table.repeat("", 50, why="The same voucher was entered twice.")
    return table


def convoy_movements() -> DemoTable:
    """Each convoy from FLB Anvil to Brezna. One CSV."""
    rows: list[list[Cell]] = [
        ["convoy", "date", "route", "departed", "arrived", "vehicles", "tonnes", "distance_km", "cargo"]
    ]
    for line in _CONVOYS.strip().splitlines():
        number, day, route, departed, rest = line.split(" ", 4)
        arrived, rest = ("turned back", rest[12:]) if rest.startswith("turned") else rest.split(" ", 1)
        vehicles, tonnes, cargo = rest.split(" ", 2)
        row: list[Cell] = [int(number), f"2026-{day}", route, departed, arrived, int(vehicles), float(tonnes)]
        rows.append([*row, _DISTANCES[route], cargo])
    table = DemoTable({"": rows})
    table.plant("", 9, "arrived", "10:05", kind="impossible order",
                why="Convoy 8 arrives before it departed at 12:40; 17:15 is in the radio log.")  # fmt: skip
    table.plant("", 15, "route", "AMBER", kind="contradiction",
                why="Orlov Bridge on Route AMBER was closed from 3 to 24 September.")  # fmt: skip
    table.plant("", 21, "tonnes", 31500, kind="unit error", why="Convoy 20 was entered in kilograms, not in tonnes.")
    table.plant("", 24, "vehicles", None, kind="missing value", why="Convoy 23 has no number of vehicles.")
    table.plant("", 31, "date", "2062-09-21", kind="impossible date", why="The year's digits were swapped.")
    table.repeat("", 29, why="Convoy 28 was entered twice.")
    return table


def cargo_manifest() -> DemoTable:
    """The MV Corvina Star: what was declared, and what the tally clerks counted at Berth 4. An XLSX."""
    chance = random.Random(9990017)  # noqa: S311 - a demo table, not a secret
    kinds = (("Cement, bagged", 23.5), ("Roofing sheet", 18.2), ("Generators, 30 kVA", 11.4), ("Rice, 25 kg bags", 21.0))
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
        table.note("Tally", len(tally), "Container", kind="not declared",
                   why="Discharged at night and not on the declared manifest.")  # fmt: skip
    table.plant("Declared", 41, "Gross tonnes", 232.0, kind="outlier",
                why="A container cannot weigh 232 tonnes; 23.2 was meant.")  # fmt: skip
    table.plant("Tally", 88, "Seal", "broken", kind="new category", why="Every other seal is intact or absent.")
    table.plant("Tally", 120, "Discharged", "2026-09-19 23:20", kind="impossible date",
                why="Discharged before the ship berthed on 20 September at 14:30.")  # fmt: skip
    return table
