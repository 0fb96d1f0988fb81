"""Codes, grids, date-time groups, markings and numbers in sentences of three languages: do they come back?

The sentences are the lines of NTREX that hold no code of their own. Six kinds of things are generated with a
fixed seed, two hundred for each pair, each written at a gap between two words of one line; it is whole where
the translation holds it as often as the line does. A number counts as whole as it stood or the way English
writes it. Beside that stands the chrF of the plain lines, through the product and through Apertium alone with
its marks taken off, so that what keeps codes whole is seen to cost nothing.
"""

import random
import re
import subprocess
from collections.abc import Callable, Sequence
from statistics import fmean

from donovan.evaluation.chrf import chrf
from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.transliteration import to_latin
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import SkippedError, evaluation_data

SEED = 20260906
PAIRS = {"Spanish": ("es", "spa", "spa-eng"), "Serbo-Croatian": ("sr", "srp-Latn", "hbs-eng"),
         "Macedonian": ("mk", "mkd", "mkd-eng")}  # fmt: skip
PLACED = 200
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def run() -> list[Figure]:
    folder = evaluation_data("translation")
    translator = ApertiumTranslator()
    english = (folder / "eng.txt").read_text(encoding="utf-8").splitlines()
    figures, whole_of_all, bare_of_all = [], [], []
    for name, (code, file, pair) in PAIRS.items():
        if not translator.can_translate(code, "en"):
            raise SkippedError(f"Apertium's pair {pair} is not installed.")
        lines = [" ".join(line.split()) for line in (folder / f"{file}.txt").read_text("utf-8").splitlines()]
        chance = random.Random(f"{SEED} {code}")
        placed = [
            _placed(line, chance)
            for line in chance.sample([line for line in lines if _is_plain(line)], PLACED)
        ]
        texts = [text for _thing, text in placed]
        ours = [made.text for made in translator.translate(texts, source=code, target="en")]
        bare = _bare(texts, pair)
        whole = [_is_whole(thing, text) for (thing, _text), text in zip(placed, ours, strict=True)]
        by_itself = [_is_whole(thing, text) for (thing, _text), text in zip(placed, bare, strict=True)]
        whole_of_all += whole
        bare_of_all += by_itself
        lost = [thing for (thing, _text), is_whole in zip(placed, whole, strict=True) if not is_whole]
        figures.append(
            Figure(
                f"whole, {name}",
                fmean(whole),
                target=1.0,
                note=f"the bare engine {fmean(by_itself):.3f}; lost: {lost}",
            )
        )
        said = [made.text for made in translator.translate(lines, source=code, target="en")]
        scores = fmean(map(chrf, said, english)), fmean(map(chrf, _bare(lines, pair), english))
        note = f"the bare engine {scores[1]:.4f}, {len(lines)} plain lines"
        figures.append(
            Figure(
                f"chrF to that of the bare engine, {name}",
                scores[0] / scores[1],
                "times",
                1.0,
                note=f"{scores[0]:.4f}; {note}",
            )
        )
    note = f"n = {len(whole_of_all)}; the bare engine {fmean(bare_of_all):.3f}"
    return [Figure("whole after translation", fmean(whole_of_all), target=1.0, note=note), *figures]


def _is_plain(line: str) -> bool:
    return 40 < len(line) < 240 and not re.search(r"\d|[A-Z]{2}|[@#*/]", line)


def _placed(line: str, chance: random.Random) -> tuple[str, str]:
    thing = chance.choice(KINDS)(chance)
    gaps = [found.start() for found in re.finditer(" ", line)]
    gap = chance.choice(gaps)
    return thing, f"{line[:gap]} {thing}{line[gap:]}"


def _is_whole(thing: str, text: str) -> bool:
    return sum(len(re.findall(rf"(?<!\w){re.escape(form)}(?!\w)", text)) for form in _forms(thing)) == 1


def _forms(thing: str) -> set[str]:
    """A number of Madrid or Belgrade is as whole the way English writes it."""
    if re.fullmatch(r"[\d.]+,\d+|\d+(?:\.\d{3}){2,}", thing):
        return {thing, thing.translate(str.maketrans(".,", ",."))}
    return {thing}


def _bare(texts: Sequence[str], pair: str) -> list[str]:
    """Apertium as it comes, a line at a time, with its marks before words taken off."""
    lines = [to_latin(text) for text in texts] if pair.startswith("hbs") else list(texts)
    said: list[str] = []
    for first in range(0, len(lines), 50):
        batch = lines[first : first + 50]
        outcome = subprocess.run(
            ["apertium", "-f", "txt", pair],
            input="\n\n".join(batch) + "\n", capture_output=True, text=True, check=True,
        )  # fmt: skip
        parts = re.split(r"\n\s*\n", outcome.stdout.strip())
        if len(parts) != len(batch):
            raise RuntimeError("Apertium gave another number of lines than it was given.")
        said += [" ".join(re.sub(r"(?<!\w)[*@#](?=\w)", "", part).split()) for part in parts]
    return said


def _letters(chance: random.Random, least: int, most: int) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(least, most)))


def _digits(chance: random.Random, least: int, most: int) -> str:
    return "".join(chance.choices("0123456789", k=chance.randint(least, most)))


def _designator(chance: random.Random) -> str:
    ending = chance.choice(["", _letters(chance, 1, 1), f"{_letters(chance, 1, 1)}{chance.randint(1, 9)}"])
    return f"{_letters(chance, 1, 3)}-{chance.randint(2, 155)}{ending}"


def _code(chance: random.Random) -> str:
    parts = [_letters(chance, 2, 4), _letters(chance, 2, 3), _digits(chance, 2, 4)]
    return chance.choice("/-").join(parts if chance.random() < 0.6 else parts[1:])


def _grid(chance: random.Random) -> str:
    zone, band = chance.randint(1, 60), chance.choice("CDEFGHJKLMNPQRSTUVWX")
    if chance.random() < 0.3:
        return f"{zone}{band} {chance.randint(160000, 834000)} {chance.randint(1000000, 9300000)}"
    side = chance.choice([3, 4, 5])
    between = chance.choice([" ", ""])
    square = f"{chance.choice(LETTERS)}{chance.choice('ABCDEFGHJKLMNPQRSTUV')}"
    return between.join([f"{zone}{band}", square, _digits(chance, side, side), _digits(chance, side, side)])


def _group(chance: random.Random) -> str:
    clock = f"{chance.randint(1, 28):02}{chance.randint(0, 23):02}{chance.randint(0, 59):02}"
    form = chance.choice(["{}Z{}{}", "{}Z {} {}", "{}A{}{}"])
    return form.format(clock, chance.choice(MONTHS), chance.randint(10, 30))


def _marking(chance: random.Random) -> str:
    others = chance.sample(["AUS", "CAN", "ESP", "FRA", "GBR", "HRV", "MKD", "NZL"], chance.randint(1, 3))
    release = f"REL TO {', '.join(['USA', *others])}"
    level = chance.choice(["CONFIDENTIAL", "SECRET", "TOP SECRET"])
    compartment = f"{_letters(chance, 2, 4)}-{_letters(chance, 1, 3)}"
    forms = [release, f"{level}//{release}", f"{level}//NOFORN", f"{level}//{compartment}//NOFORN"]
    return chance.choice([*forms, f"({level[0]}//NF)", "CUI//SP-PRVCY", "UNCLASSIFIED//FOUO"])


def _number(chance: random.Random) -> str:
    whole, group, more = chance.randint(1, 99), _digits(chance, 3, 3), _digits(chance, 3, 3)
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1990, 2030)
    return chance.choice(
        [
            str(chance.randint(2, 99_999)),
            f"{whole}.{group},{_digits(chance, 1, 2)}",
            f"{whole},{_digits(chance, 1, 2)}",
            f"{whole}.{group}.{more}",
            f"{day:02}/{month:02}/{year}",
            f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}",
            f"+{chance.randint(20, 99)} {_digits(chance, 2, 3)} {group} {more}",
        ]
    )


KINDS: tuple[Callable[[random.Random], str], ...] = (_designator, _code, _grid, _group, _marking, _number)
