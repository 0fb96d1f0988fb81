"""Content lines of calendars and contacts (RFC 5545, RFC 6350, vCard 2.1): components with their properties.

Half a file gives what is whole in it. Times are kept as they are written, with the zone that they name: no
zone is looked up, so none can be taken for that of another file.
"""

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field

_NESTED = 20
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BARE_ENCODINGS = {"QUOTED-PRINTABLE": "ENCODING", "BASE64": "ENCODING", "B": "ENCODING"}
_TIME = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?(?:[.,]\d+)?(Z|[+-]\d{2}:?\d{2})?)?$"
)


@dataclass(frozen=True)
class Property:
    """One line: its name, its parameters, and its value as written."""

    name: str
    value: str
    parameters: dict[str, list[str]] = field(default_factory=dict)
    group: str = ""

    def parameter(self, name: str) -> str:
        return ", ".join(self.parameters.get(name, ()))

    @property
    def encoding(self) -> str:
        return self.parameter("ENCODING").upper()

    @property
    def text(self) -> str:
        """The value as people read it."""
        return plain(self.value)

    def parts(self, mark: str = ";") -> list[str]:
        """The parts of a value of several, as people read them."""
        return [plain(part) for part in re.split(rf"(?<!\\){mark}", self.value)]

    def moment(self) -> str:
        """A day or a time: `2026-03-12`, `2026-03-12 09:30 Europe/Berlin`; as written where it is none."""
        found = _TIME.match(self.value.strip())
        if found is None:
            return self.text
        year, month, day, hour, minute, second, zone = found.groups()
        said = f"{year}-{month}-{day}"
        if hour is None:
            return said
        said += f" {hour}:{minute}" + (f":{second}" if second and second != "00" else "")
        named = "UTC" if zone == "Z" else zone or self.parameter("TZID")
        return f"{said} {named}".strip()

    def data(self) -> bytes | None:
        """The bytes that stand in the value; None where they stand nowhere or are damaged."""
        value = self.value
        if value.startswith("data:") and ";base64," in value[:200]:
            value = value.partition(";base64,")[2]
        elif self.encoding not in {"B", "BASE64"}:
            return None
        try:
            return b64decode("".join(value.split()))
        except (binascii.Error, ValueError):
            return None


@dataclass
class Component:
    """What stands between BEGIN and END: properties in order, and the components inside."""

    name: str
    properties: list[Property] = field(default_factory=list)
    inner: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Property]:
        return (each for each in self.properties if each.name == name)

    def first(self, name: str) -> Property | None:
        return next(self.all(name), None)


@dataclass
class Cards:
    """The components of a file; `broken_at` is the first line that fits nowhere, or the last of a file that
    breaks off, 0 where all is whole.
    """

    components: list[Component] = field(default_factory=list)
    broken_at: int = 0


def cards_in(text: str) -> Cards:
    """Take a file apart. Never fails: what fits nowhere is left out, and said in `broken_at`."""
    found = Cards()
    stack: list[Component] = []
    number = 0
    for number, line in _unfolded(text):
        prop = _property(line)
        if prop is None:
            found.broken_at = found.broken_at or number
        elif prop.name == "BEGIN":
            component = Component(prop.value.strip().upper())
            (stack[-1].inner if stack else found.components).append(component)
            if len(stack) < _NESTED:
                stack.append(component)
        elif prop.name == "END":
            if stack and stack[-1].name == prop.value.strip().upper():
                stack.pop()
            else:
                found.broken_at = found.broken_at or number
        elif stack:
            stack[-1].properties.append(prop)
        else:
            found.broken_at = found.broken_at or number
    if stack:
        found.broken_at = found.broken_at or number
    return found


def plain(value: str) -> str:
    """A value without its escapes."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first; what goes on begins with a blank, or follows "=" at the end
    of a quoted-printable line.
    """
    held: list[str] = []
    began = 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if held and line[:1] in {" ", "\t"}:
            held.append(line[1:])
            continue
        if held and held[-1].endswith("=") and "QUOTED-PRINTABLE" in held[0][:200].upper():
            held[-1] = held[-1][:-1]
            held.append(line)
            continue
        if held and (whole := "".join(held)).strip():
            yield began, whole
        held, began = [line], number
    if held and (whole := "".join(held)).strip():
        yield began, whole


def _property(line: str) -> Property | None:
    """A line taken apart at its first colon outside of quotation marks; None where it is none."""
    end, is_quoted = -1, False
    for place, sign in enumerate(line[:4000]):
        if sign == '"':
            is_quoted = not is_quoted
        elif sign == ":" and not is_quoted:
            end = place
            break
    if end <= 0:
        return None
    name, *given = (
        re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', line[:end]) if '"' in line[:end] else line[:end].split(";")
    )
    group, dot, bare = name.rpartition(".")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", bare):
        return None
    parameters: dict[str, list[str]] = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not sign:
            # The oldest vCards write the bare value: TEL;HOME, NOTE;QUOTED-PRINTABLE.
            key, value = _BARE_ENCODINGS.get(one.upper(), "TYPE"), one
        parameters.setdefault(key.strip().upper(), []).append(value.strip().strip('"'))
    value = line[end + 1 :]
    if "QUOTED-PRINTABLE" in ", ".join(parameters.get("ENCODING", ())).upper():
        value = _unquoted(value, ", ".join(parameters.get("CHARSET", ())))
    return Property(bare.upper(), value, parameters, group if dot else "")


def _unquoted(value: str, charset: str) -> str:
    raw = quopri.decodestring(value.encode("utf-8", "replace"))
    for encoding in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(encoding).replace("\r\n", "\n")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")
