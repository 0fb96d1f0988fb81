"""Form fields and notes among the words of their page: each as "label: value" on a line of its own, at its
place.

The label is what is printed before the field, else above it; for boxes to tick also what is printed behind
them; else what the form says for screen readers; else the field's name. An empty field is not told, a box
that is not ticked is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.layout import Piece, Word, letter_size
from ingest.readers.pdf_annotations import Field, Note, spoken_name

_MOST_LABEL_WORDS = 40
# In letter sizes.
_FARTHEST_LEFT = 24.0
_LABEL_GAP = 1.3
_FARTHEST_ABOVE = 1.5
_FARTHEST_BEHIND = 1.6
# The title of a group of buttons stands farther above than the label of a field.
_FARTHEST_TITLE = 3.0
_FILLED_BY_HAND = frozenset("_.…·-")
_DRAWN_BOXES = frozenset("[](){}☐□○◯")
# Boxes that answer a question printed before them, in the languages whose forms are read here.
_ANSWERS = frozenset({"yes", "no", "oui", "non", "ja", "nein", "sí", "si", "да", "нет", "نعم", "لا"})
_MOST_FIELDS = 5000
_MOST_COMPARED = 5_000_000

Edges = tuple[float, float, float, float]


@dataclass
class _Label:
    words: list[Word]
    where: str


class FieldPlacer:
    """Puts fields and notes among the printed words of one page. `words` is the result."""

    def __init__(self, printed: Sequence[Word], fields: Sequence[Field], width: float) -> None:
        self.size = letter_size(printed)
        self.fields = [item for item in fields if not item.is_hidden][:_MOST_FIELDS]
        self.width = width
        self.words = [word for word in printed if not self._is_ruled(word)]
        self.line = max((word.line for word in printed), default=0) + 1

    def place(self) -> list[Word]:
        """The printed words with the fields among them."""
        said = [item for item in self.fields if item.kind != "radio" and (item.value or item.kind == "tick")]
        # A label is looked for among all words: with very many of both, the last fields go by their names.
        searched = max(50, _MOST_COMPARED // max(1, len(self.words)))
        labels = [self._label(item) if at < searched else _Label([], "") for at, item in enumerate(said)]
        uses: dict[int, int] = {}
        for label in labels:
            for word in label.words:
                uses[id(word)] = uses.get(id(word), 0) + 1
        answers = [pair for pair in zip(said, labels, strict=True) if _is_answer(*pair)]
        for item, label in zip(said, labels, strict=True):
            if _is_answer(item, label):
                continue
            value = ("yes" if item.is_on else "no") if item.kind == "tick" else item.value
            is_own = all(uses[id(word)] == 1 for word in label.words)
            self._write(item, label, value, is_own)
        for group in self._groups():
            self._write_group(group)
        for item, label in answers:
            if item.is_on:
                self._write_answer(item, label, answers)
        return self.words

    def _is_ruled(self, word: Word) -> bool:
        """Whether a word is only the line on which a field stands."""
        if set(word.text) <= _DRAWN_BOXES:
            return any(
                word.left < item.edges[2] + 0.6 * self.size and item.edges[0] - 0.6 * self.size < word.right
                and word.top < item.edges[3] and item.edges[1] < word.bottom
                for item in self.fields
                if item.kind in ("tick", "radio")
            )  # fmt: skip
        if not set(word.text) <= _FILLED_BY_HAND or len(word.text) < 3:
            return False
        return any(
            word.left < item.edges[2] and item.edges[0] < word.right
            and word.top < item.edges[3] + self.size and item.edges[1] - self.size < word.bottom
            for item in self.fields
        )  # fmt: skip

    # Finding labels

    def _label(self, item: Field) -> _Label:
        before = self._before(item.edges)
        if item.kind == "tick":
            behind = self._behind(item.edges)
            if behind and _spoken(behind) in _ANSWERS:
                return _Label(behind, "behind")
            if behind and not (before and self._is_nearer(before, behind, item.edges)):
                return _Label(behind, "behind")
        if before and not (item.title and len(before) > _MOST_LABEL_WORDS):
            return _Label(before[-_MOST_LABEL_WORDS:], "before")
        above = self._above(item.edges)
        if above and not (item.title and len(above) > _MOST_LABEL_WORDS):
            return _Label(above[:_MOST_LABEL_WORDS], "above")
        return _Label([], "")

    def _is_nearer(self, before: Sequence[Word], behind: Sequence[Word], edges: Edges) -> bool:
        """Whether a box belongs to what is printed before it rather than to what is printed behind it."""
        if before[-1].text.endswith((":", "?")):
            return True
        return edges[0] - before[-1].right < behind[0].left - edges[2]

    def _beside(self, edges: Edges) -> list[Word]:
        """Words on the line of a field, on the first line of a field of several."""
        top, bottom = edges[1], min(edges[3], edges[1] + 2.4 * self.size)
        return [
            word for word in self.words if top - 0.3 * self.size <= (word.top + word.bottom) / 2 <= bottom
        ]

    def _before(self, edges: Edges) -> list[Word]:
        line = sorted(
            (word for word in self._beside(edges) if word.right <= edges[0] + 0.4 * self.size),
            key=lambda word: word.left,
        )
        stop = max(
            (f.edges[2] for f in self.fields if f.edges[2] <= edges[0] + 1 and _is_level(f.edges, edges)),
            default=-1e9,
        )
        line = [word for word in line if word.left >= stop - 0.3 * self.size]
        if not line or edges[0] - line[-1].right > _FARTHEST_LEFT * self.size:
            return []
        label = [line.pop()]
        if self._is_behind_another(label, line, edges, stop):
            return []
        while (
            line
            and label[0].left - line[-1].right <= _LABEL_GAP * self.size
            and _is_same_line(label[0], line[-1])
        ):
            label.insert(0, line.pop())
        return label

    def _is_behind_another(self, label: list[Word], line: list[Word], edges: Edges, stop: float) -> bool:
        """Whether the words before a box belong to another box before them, to which they are nearer."""
        if not any(f.kind in ("tick", "radio") and f.edges[2] == stop for f in self.fields):
            return False
        first = min((word.left for word in line), default=label[0].left)
        to_other, to_this = first - stop, edges[0] - label[-1].right
        return to_other <= _FARTHEST_BEHIND * self.size and to_other < to_this

    def _behind(self, edges: Edges) -> list[Word]:
        line = sorted(
            (word for word in self._beside(edges) if word.left >= edges[2] - 0.4 * self.size),
            key=lambda word: word.left,
        )
        stop = min(
            (f.edges[0] for f in self.fields if f.edges[0] >= edges[2] - 1 and _is_level(f.edges, edges)),
            default=1e9,
        )
        line = [word for word in line if word.right <= stop + 0.3 * self.size]
        if not line or line[0].left - edges[2] > _FARTHEST_BEHIND * self.size:
            return []
        label = [line.pop(0)]
        while line and line[0].left - label[-1].right <= _LABEL_GAP * self.size:
            label.append(line.pop(0))
        return label

    def _above(self, edges: Edges, farthest: float = _FARTHEST_ABOVE) -> list[Word]:
        """The line over a field, or over the fields that stand above it in its column."""
        top = edges[1]
        over = sorted(
            (f.edges for f in self.fields if f.edges[3] <= edges[1] + 2 and _overlap(f.edges, edges) > 0.6),
            key=lambda other: -other[3],
        )
        for other in over[:200]:
            if top - other[3] > 0.8 * self.size:
                break
            top = other[1]
        near = [
            word
            for word in self.words
            if word.bottom <= top + 0.4 * self.size
            and top - word.bottom <= farthest * self.size
            and word.right > edges[0] - 0.5 * self.size
            and word.left < edges[2]
        ]
        if not near:
            return []
        lowest = max(word.bottom for word in near)
        line = sorted(
            (w for w in self.words if abs(lowest - w.bottom) < 0.5 * self.size), key=lambda word: word.left
        )
        near_ids = {id(word) for word in near}
        # The label may be longer than its field: it ends where its words do.
        begin = end = next(index for index, word in enumerate(line) if id(word) in near_ids)
        while begin > 0 and line[begin].left - line[begin - 1].right <= _LABEL_GAP * self.size:
            begin -= 1
        while end + 1 < len(line) and line[end + 1].left - line[end].right <= _LABEL_GAP * self.size:
            end += 1
        label = line[begin : end + 1]
        return label

    # Writing

    def _write(self, item: Field, label: _Label, value: str, is_own: bool) -> None:
        self.line += 1
        if label.where in ("before", "behind") and is_own:
            label.words[0].stands_alone = True
            self._end_label(label.words[-1])
            last = label.words[-1]
            begin = max(item.edges[0], last.right) if label.where == "before" else last.right
            box = item.edges if label.where == "before" else (last.left, last.top, last.right, last.bottom)
            self._put(
                value.split(), (begin, last.top, max(begin + 1, item.edges[2]), last.bottom), box, False
            )
            return
        if not label.words:
            name = (item.title or spoken_name(item.name) or "Field").rstrip(": ")
            words = f"{name}: {value}".split()
            self._put(words, self._on_one_line(item.edges), item.edges, True)
            return
        copies = [replace(word, pieces=word.pieces or (_whole(word),)) for word in label.words]
        if is_own:
            gone = {id(word) for word in label.words}
            self.words = [word for word in self.words if id(word) not in gone]
        self._end_label(copies[-1])
        self._put([*copies, *value.split()], self._on_one_line(item.edges), item.edges, True)

    def _on_one_line(self, edges: Edges) -> Edges:
        """Where a value is set in reading order: on the first line of its field."""
        return edges[0], edges[1], edges[2], min(edges[3], edges[1] + 1.6 * self.size)

    @staticmethod
    def _end_label(word: Word) -> None:
        if not word.text.endswith((":", "?", "=")):
            word.text = f"{word.text.rstrip('.') or word.text}:"

    def _put(self, words: Sequence[str | Word], at: Edges, box: Edges, stands_alone: bool) -> None:
        """Set words side by side at a place; those that are new show the box of the field."""
        if not words:
            return
        step = (at[2] - at[0]) / len(words)
        height = min(at[3] - at[1], self.size)
        middle = (at[1] + at[3]) / 2
        wide = (box[2] - box[0]) / len(words)
        for index, item in enumerate(words):
            text, pieces = (item.text, item.pieces) if isinstance(item, Word) else (item, ())
            if not pieces:
                across = box[0] + index * wide
                pieces = (Piece(0, len(text), across, box[1], across + wide, box[3]),)
            self.words.append(
                Word(
                    text, at[0] + index * step, middle - height / 2, at[0] + (index + 1) * step,
                    middle + height / 2, self.line, pieces=pieces, stands_alone=stands_alone and index == 0,
                )
            )  # fmt: skip

    # Radio buttons

    def _groups(self) -> list[list[Field]]:
        groups: dict[str, list[Field]] = {}
        for item in self.fields:
            if item.kind == "radio":
                groups.setdefault(item.name, []).append(item)
        return [group for group in groups.values() if any(item.is_on for item in group)]

    def _write_group(self, group: Sequence[Field]) -> None:
        """One line for a group of radio buttons, behind the row of the one that is chosen."""
        chosen = next(item for item in group if item.is_on)
        option = self._option(chosen, group)
        first = min(group, key=lambda item: (round(item.edges[1] / self.size), item.edges[0]))
        label = self._before(first.edges) or self._above(first.edges, _FARTHEST_TITLE)
        words = [word.text for word in label[-_MOST_LABEL_WORDS:]]
        until = next((index for index, word in enumerate(words) if word.endswith(":")), None)
        if until is not None:
            words = words[: until + 1]
        name = " ".join(words).rstrip(": ")
        if not name or name == option:
            name = first.title or spoken_name(first.name) or "Choice"
        self._behind_row(chosen.edges, f"{name}: {option}")

    def _write_answer(self, item: Field, label: _Label, answers: Sequence[tuple[Field, _Label]]) -> None:
        """A ticked "yes" or "no" as the answer to what is printed before the first box of its row."""
        row = [pair for pair in answers if _is_level(pair[0].edges, item.edges)]
        first, its_label = min(row, key=lambda pair: pair[0].edges[0])
        begin = min(first.edges[0], its_label.words[0].left)
        question = _text(self._before((begin, first.edges[1], begin, first.edges[3])))
        question = question or first.title or spoken_name(first.name)
        end = "" if question.endswith((":", "?")) else ":"
        self._behind_row(item.edges, f"{question}{end} {_text(label.words).rstrip(': ')}")

    def _option(self, chosen: Field, group: Sequence[Field]) -> str:
        """What a chosen button stands for: the words at it, or its own value where none are."""
        behind, before = self._behind(chosen.edges), self._before(chosen.edges)
        values = [item.value for item in group]
        spoken = chosen.value.replace("_", " ").strip()
        printed = {
            " ".join(word.text for word in words).strip(":. ").lower() for words in (behind, before) if words
        }
        if spoken.lower() in printed or (len(set(values)) == len(values) and _is_word(spoken)):
            return spoken
        # Where the last button of the group has words behind it, all have.
        last = max(group, key=lambda item: (round(item.edges[1] / self.size), item.edges[0]))
        words = behind if behind and self._behind(last.edges) else before or behind
        return " ".join(word.text for word in words) or spoken or "chosen"

    def _behind_row(self, edges: Edges, text: str) -> None:
        self.line += 1
        at = (self.width + self.size, edges[1], self.width + 20 * self.size, edges[3])
        self._put(text.split(), at, edges, True)

    def add_notes(self, notes: Iterable[Note]) -> None:
        """Each visible note as a line of its own behind the row at which it is fixed."""
        for note in notes:
            if not note.is_hidden:
                author = f" ({note.author})" if note.author else ""
                self._behind_row(self._on_one_line(note.edges), f"Note{author}: {note.text}")


def _is_answer(item: Field, label: _Label) -> bool:
    """Whether a box stands for "yes" or "no" rather than for a matter of its own."""
    return item.kind == "tick" and _spoken(label.words) in _ANSWERS


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _spoken(words: Sequence[Word]) -> str:
    return _text(words).strip(":. ").lower()


def _is_word(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= 3 and letters >= 0.6 * len(text) and not any(map(str.isdigit, text))


def _whole(word: Word) -> Piece:
    return Piece(0, len(word.text), word.left, word.top, word.right, word.bottom)


def _is_level(one: Edges, other: Edges) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.4 * min(one[3] - one[1], other[3] - other[1])


def _is_same_line(one: Word, other: Word) -> bool:
    return abs((one.top + one.bottom) - (other.top + other.bottom)) < max(one.height, other.height, 1.0)


def _overlap(one: Edges, other: Edges) -> float:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return shared / max(1e-6, min(one[2] - one[0], other[2] - other[0]))
