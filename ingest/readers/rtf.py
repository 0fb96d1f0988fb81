"""RTF as mail carries it: unpacked (LZFu, [MS-OXRTFCP]), and its words, or the HTML inside it."""

import re
import struct
from dataclasses import dataclass, replace

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096
_MOST_BYTES = 32 * 1024 * 1024
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z'])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)"
)
_LINES = {"par": "\n", "line": "\n", "tab": "\t", "row": "\n", "cell": "\t", "page": "\n", "sect": "\n"}
_SIGNS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
          "bullet": "•"}  # fmt: skip
_SILENT = frozenset(
    re.findall(
        r"\w+",
        "fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr "
        "themedata datastore latentstyles listtable listoverridetable generator xmlnstbl filetbl revtbl "
        "rsidtbl fldinst",
    )
)


def unpacked(content: bytes) -> bytes:
    """RTF out of its packing. Raises ValueError where it is none."""
    if len(content) < 16:
        raise ValueError("no packed RTF")
    _packed_size, size, kind = struct.unpack_from("<II4s", content)
    if kind == b"MELA":
        return content[16 : 16 + size]
    if kind != b"LZFu":
        raise ValueError("no packed RTF")
    ring = bytearray(_DICTIONARY + bytes(_RING - len(_DICTIONARY)))
    write, out, place = len(_DICTIONARY), bytearray(), 16
    while place < len(content) and len(out) < min(size, _MOST_BYTES):
        control = content[place]
        place += 1
        for bit in range(8):
            if control >> bit & 1:
                if place + 2 > len(content):
                    return bytes(out)
                (reference,) = struct.unpack_from(">H", content, place)
                place += 2
                offset, length = reference >> 4, (reference & 0xF) + 2
                if offset == write:
                    return bytes(out)
                copied = range(offset, offset + length)
            else:
                if place >= len(content):
                    return bytes(out)
                ring[write] = content[place]
                place += 1
                out.append(ring[write])
                write = (write + 1) % _RING
                continue
            for at in copied:
                ring[write] = ring[at % _RING]
                out.append(ring[write])
                write = (write + 1) % _RING
    return bytes(out)


def text_of_rtf(content: bytes) -> tuple[str, bool]:
    """The words of RTF, and whether they are the HTML that it was made from."""
    reader = _Words(content.decode("latin-1"))
    return reader.read(), reader.is_html


@dataclass(frozen=True)
class _State:
    """Of a group: nothing in it is shown; it is an HTML tag; it is left out of the HTML; how many letters
    stand in for one that is given by its number.
    """

    is_silent: bool = False
    is_tag: bool = False
    is_left_out: bool = False
    width: int = 1


class _Words:
    def __init__(self, text: str) -> None:
        self._text = text
        self.is_html = "\\fromhtml" in text[:2000]
        page = re.search(r"\\ansicpg(\d+)", text[:2000])
        self._encoding = f"cp{page[1]}" if page else "cp1252"
        self._out: list[str] = []
        self._bytes = bytearray()
        self._state = _State()
        self._stack: list[_State] = []
        self._skip = 0

    def read(self) -> str:
        is_starred = False
        for match in _TOKEN.finditer(self._text):
            if match["brace"]:
                self._turn(match["brace"])
            elif match["word"]:
                self._obey(match["word"], match["number"], is_starred=is_starred)
            elif match["hex"]:
                self._letter(int(match["hex"], 16))
            elif match["sign"]:
                self._say({"~": " "}.get(match["sign"], match["sign"] if match["sign"] in "\\{}" else ""))
            elif match["text"]:
                cut = min(self._skip, len(match["text"]))
                self._skip -= cut
                self._say(match["text"][cut:])
            is_starred = match["sign"] == "*"
        self._settle()
        return "".join(self._out)

    @property
    def _is_shown(self) -> bool:
        state = self._state
        return not state.is_silent and not (self.is_html and state.is_left_out and not state.is_tag)

    def _turn(self, brace: str) -> None:
        if brace == "{":
            self._stack.append(self._state)
        elif self._stack:
            self._state = self._stack.pop()
            self._skip = 0

    def _obey(self, word: str, digits: str | None, *, is_starred: bool) -> None:
        number = int(digits) if digits else None
        if word == "htmltag":
            self._state = replace(self._state, is_tag=True)
        elif word in _SILENT or (is_starred and word != "fldrslt"):
            self._state = replace(self._state, is_silent=True)
        elif word == "htmlrtf":
            self._state = replace(self._state, is_left_out=number != 0)
        elif word == "uc":
            self._state = replace(self._state, width=number or 0)
        elif word == "u" and number is not None:
            code = number % 65536
            self._say("\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code))
            self._skip = self._state.width
        else:
            self._say(_LINES.get(word) or _SIGNS.get(word, ""))

    def _letter(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
        elif self._is_shown:
            self._bytes.append(value)

    def _say(self, words: str) -> None:
        if words and self._is_shown:
            self._settle()
            self._out.append(words)

    def _settle(self) -> None:
        try:
            self._out.append(bytes(self._bytes).decode(self._encoding))
        except (LookupError, UnicodeDecodeError):
            self._out.append(bytes(self._bytes).decode("cp1252", "replace"))
        self._bytes.clear()
