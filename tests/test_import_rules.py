"""The rules of the house that can be read off the files: who imports whom, and how long a file is."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("ingest", "retrieval", "donovan")
LONGEST_FILE = 420

# What each room of donovan may import of the others. `audit` stands at the bottom, and `access` above it.
BELOW = {
    "audit": set[str](),
    "postgresql": set(),
    "access": {"audit"},
    "ui": {"access"},
    "llm": {"audit"},
    "library": {"audit", "access", "ui", "llm"},
    "assistant": {"audit", "access", "ui", "llm", "library"},
    "insight": {"audit", "access", "ui", "llm", "library", "assistant"},
    "reports": {"audit", "access", "ui", "llm", "library", "assistant", "insight"},
    "feedback": {"audit", "access", "ui", "llm", "library", "assistant", "insight", "reports"},
    "evaluation": {"audit", "access", "ui", "llm", "library", "assistant", "insight", "reports", "feedback"},
    "training": {
        *("audit", "access", "ui", "llm", "library", "assistant", "insight", "reports", "feedback"),
        "evaluation",
    },
}
ENGINE_HOMES = {
    "pytesseract": ("ingest/ocr.py",),
    "onnxruntime": ("ingest/ocr_neural.py",),
    "faiss": ("retrieval/dense.py",),
    "sentence_transformers": ("retrieval/embedding.py", "donovan/training/"),
    "llama_cpp": ("donovan/llm/",),
    "duckdb": ("donovan/insight/tables/engine.py",),
    "pyod": ("donovan/insight/anomalies/detectors/",),
    "vl_convert": ("donovan/insight/charts/",),
    "weasyprint": ("donovan/reports/export/typesetting.py",),
    "peft": ("donovan/training/",),
    "transformers": ("retrieval/reader_network.py", "donovan/training/"),
    "trl": ("donovan/training/",),
    "gguf": ("donovan/training/",),
    "crowdkit": ("donovan/feedback/projects/",),
    "cleanlab": ("donovan/feedback/datasets/",),
    "datasketch": ("donovan/feedback/sketches.py",),
    "pyparsing": ("retrieval/querying/grammar.py",),
    "babel": ("ingest/values/locales.py",),
    "hijridate": ("ingest/values/calendars.py",),
}


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """The text of every source file, by its path below the root."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if not {"migrations", "__pycache__"} & set(path.parts)
    }


def imports() -> Iterator[tuple[str, str, str]]:
    """Every import as (file, file:line, module); a name imported from a module counts as a module too, and so
    does one that is loaded by its name.
    """
    for file, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = _absolute(file, node)
                names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Call):
                names = _loaded_by_name(node)
            else:
                continue
            yield from ((file, f"{file}:{node.lineno}", name) for name in names)


def _loaded_by_name(call: ast.Call) -> list[str]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in ("import_module", "OnFirstUse"):
        return []
    return [str(one.value) for one in call.args if isinstance(one, ast.Constant)]


def _absolute(file: str, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = file.split("/")[: -node.level]
    return ".".join([*package, node.module] if node.module else package)


def test_the_reader_of_values_knows_no_room() -> None:
    known = {
        module
        for file, _, module in imports()
        if file.startswith("ingest/values/")
        and module.split(".")[0] in {*ROOMS, "django"}
        and not f"{module}.".startswith(("ingest.values.", "ingest.values"))
    }
    assert known == set()


WORK = "ingest.work"


def test_ingest_and_retrieval_know_nothing_above_them() -> None:
    """Of ingest, retrieval imports the models, and as every room does work and the reader of values."""
    wrong = []
    for file, where, module in imports():
        room, top = file.split("/")[0], module.split(".")[0]
        if room == "ingest" and top in ("retrieval", "donovan"):
            wrong.append(f"{where} imports {module}")
        is_of_ingest = (
            top == "ingest"
            and module != "ingest"
            and not f"{module}.".startswith(("ingest.models.", "ingest.values.", f"{WORK}."))
        )
        if room == "retrieval" and (top == "donovan" or is_of_ingest):
            wrong.append(f"{where} imports {module}")
    assert wrong == []


def test_the_mechanism_for_work_knows_neither_documents_nor_people() -> None:
    """It imports nothing of the house, so that every room may import it."""
    wrong = [
        f"{where} imports {module}"
        for file, where, module in imports()
        if file.startswith("ingest/work/")
        and module.split(".")[0] in ROOMS
        and module != "ingest"
        and not f"{module}.".startswith(f"{WORK}.")
    ]
    assert wrong == []


def test_the_rooms_of_donovan_import_only_downwards() -> None:
    wrong = []
    for file, where, module in imports():
        parts, names = file.split("/"), module.split(".")
        if parts[0] != "donovan" or len(parts) == 2 or names[0] != "donovan" or len(names) == 1:
            continue
        if names[1] not in BELOW[parts[1]] | {parts[1], "celery"}:
            wrong.append(f"{where} imports {module}")
    assert wrong == []


TAG = re.compile(r"{%\s*(\w+)\s*(.*?)%}")
QUOTED = re.compile(r"""["']([^"']+)["']""")
VIEW = re.compile(r"([\w-]+):[\w-]*")
# `ui`, `audit`, `access` and `llm` stand on one step; their pages share a frame.
GROUND = {"ui", "audit", "access", "llm"}


def templates() -> dict[str, tuple[str, str]]:
    """By its name the room and the text of every template."""
    found = {}
    for path in sorted((ROOT / "donovan").rglob("templates/**/*.html")):
        room = path.relative_to(ROOT / "donovan").parts[0]
        name = path.as_posix().rpartition("/templates/")[2]
        found[name] = (room, path.read_text(encoding="utf-8"))
    return found


def owners() -> dict[str, dict[str, str]]:
    """The room that each template, library of tags, namespace of addresses and static file belongs to."""
    libraries, spaces = {}, {}
    for file, text in sources().items():
        parts = file.split("/")
        if "templatetags" in parts:
            libraries[parts[-1].removesuffix(".py")] = parts[1]
        named = re.search(r'^app_name = "([\w-]+)"', text, re.MULTILINE)
        if named:
            spaces[named[1]] = parts[1]
    files = {
        path.as_posix().rpartition("/static/")[2]: path.relative_to(ROOT / "donovan").parts[0]
        for path in (ROOT / "donovan").rglob("static/**/*.*")
    }
    return {
        "template": {name: room for name, (room, _) in templates().items()},
        "library": libraries,
        "space": spaces,
        "file": files,
    }


def owner_of(words: str, known: dict[str, dict[str, str]]) -> str | None:
    """The room of what these words name: a template, a static file, or the view of an address."""
    view = VIEW.fullmatch(words)
    return (
        known["template"].get(words)
        or known["file"].get(words)
        or (known["space"].get(view[1]) if view else None)
    )


def above(room: str, rooms: set[str | None]) -> set[str]:
    """Those of the rooms that this one may not know."""
    return {one for one in rooms if one is not None} - BELOW[room] - {room} - GROUND


def test_templates_refer_only_downwards() -> None:
    """Whatever the tag: what it includes, extends, loads, links to, and what it hands on by name."""
    known, wrong = owners(), dict[str, set[str]]()
    for name, (room, text) in templates().items():
        named: set[str | None] = set()
        for tag, words in TAG.findall(text):
            if tag == "load":
                named |= {known["library"].get(word) for word in words.split()}
            named |= {owner_of(quoted, known) for quoted in QUOTED.findall(words)}
        if found := above(room, named):
            wrong[name] = found
    assert wrong == {}, "a room above fills a slot: donovan/ui/slots.py"


def test_a_template_names_what_it_includes_and_links_to() -> None:
    """What a variable names could be of any room, and no rule would see it."""
    wrong = [
        (name, tag, words)
        for name, (_, text) in templates().items()
        for tag, words in TAG.findall(text)
        if tag in ("include", "extends", "url", "static", "slot") and not words.startswith(("'", '"'))
    ]
    assert wrong == []


def test_templates_hold_no_addresses_written_out() -> None:
    written = re.compile(r"""(?:href|action|src|hx-get|hx-post)=["']/\w""")
    assert [name for name, (_, text) in templates().items() if written.search(text)] == []


def test_code_names_no_template_and_no_view_of_a_room_above() -> None:
    """`reverse`, `redirect` and `render` take a name, which no import shows."""
    known, wrong = owners(), []
    for file, text in sources().items():
        parts = file.split("/")
        if parts[0] != "donovan" or len(parts) == 2:
            continue
        for node in ast.walk(ast.parse(text)):
            words = str(node.value) if isinstance(node, ast.Constant) else ""
            if above(parts[1], {owner_of(words, known)}):
                wrong.append(f"{file}:{node.lineno} names {words}")
    assert wrong == []


def test_each_engine_has_one_home() -> None:
    wrong = []
    for file, where, module in imports():
        homes = ENGINE_HOMES.get(module.split(".")[0])
        if homes is not None and not file.startswith(homes):
            wrong.append(f"{where} imports {module}, whose home is {homes[0]}")
    assert wrong == []


def test_nothing_is_imported_inside_a_function() -> None:
    """What takes seconds and hundreds of megabytes is loaded by name: import_module, OnFirstUse."""
    wrong = set()
    for file, text in sources().items():
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [
                    node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
                ]
                wrong |= {f"{file}:{node.lineno}" for node in inside}
    assert sorted(wrong) == []


def test_a_file_is_one_noun_long() -> None:
    lengths = {file: len(text.splitlines()) for file, text in sources().items()}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_the_rules_see_the_files_they_are_about() -> None:
    assert {file.split("/")[0] for file in sources()} == set(ROOMS)
    assert {
        file.split("/")[1] for file in sources() if file.count("/") > 1 and file.startswith("donovan")
    } <= set(BELOW)
