"""Apertium's language pairs as installed on this machine: one process a batch of sentences, no network."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from donovan.llm.interface import never
from donovan.llm.keeping import Languages, translated
from donovan.llm.languages import SERBO_CROATIAN, apertium_code, normal_code
from donovan.llm.protecting import Known, nothing_known
from donovan.llm.translators import Rendered, TranslationUnavailable
from donovan.llm.transliteration import to_latin

MODES = Path("/usr/share/apertium/modes")
# Of one process: few at first, so that something is there soon, then more, as each start costs as much as
# twenty sentences.
FIRST_BATCH, LARGEST_BATCH = 12, 96
LIMIT_SECONDS = 60
LONGEST_OUTPUT = 2 * 1024 * 1024

_PAIR = re.compile(r"([a-z]{2,3})-([a-z]{2,3}(?:_[A-Z]{2})?)")
_MARKS = re.compile(r"[*@#](?=\w)")
_BREAK = re.compile(r"\n\s*\n")
_VARIANTS = {"sr": "hbs_SR", "hr": "hbs_HR", "bs": "hbs_BS"}


@dataclass(frozen=True)
class Route:
    """A way through pairs that carry other names, or through a third language, and what it was found to be
    worth: chrF against the references of NTREX-128, 1,000 lines, and of the same lines left untranslated.
    """

    pairs: tuple[str, ...]
    score: float
    untranslated: float
    through: str = ""

    @property
    def said(self) -> str:
        way = f"By way of {self.through}, which" if self.through else "This"
        return (
            f"{way} scores {self.score:.2f} in chrF on news that people translated "
            f"({self.untranslated:.2f} without translating)."
        )


# `make bench BENCH=translation_routes` measures them. A way stands here only where it was measured.
ROUTES = {
    ("fr", "en"): Route(("fr-es", "spa-eng"), 0.424, 0.273, "Spanish"),
    ("en", "fr"): Route(("eng-spa", "es-fr"), 0.402, 0.250, "Spanish"),
    ("fr", "es"): Route(("fr-es",), 0.461, 0.276),
    ("es", "fr"): Route(("es-fr",), 0.454, 0.273),
}


class ApertiumTranslator:
    """Rule-based translation. It invents nothing: what it does not know it leaves as it is."""

    engine = "Apertium"

    def __init__(self, modes: Path = MODES) -> None:
        self._modes = modes
        self._program = shutil.which("apertium") or ""

    def pairs(self) -> set[str]:
        """The installed pairs, such as "spa-eng"."""
        if not self._program or not self._modes.is_dir():
            return set()
        return {path.stem for path in self._modes.glob("*.mode") if _PAIR.fullmatch(path.stem)}

    def can_translate(self, source: str, target: str) -> bool:
        return bool(self._pairs_for(source, target))

    def model_for(self, source: str, target: str) -> str:
        return f"apertium {', '.join(self._pairs_for(source, target))}".strip()

    def notice_for(self, source: str, target: str) -> str:
        notice = (
            "Apertium translated this by rules and left words it does not know as they are: check before use."
        )
        route = ROUTES.get((normal_code(source), normal_code(target)))
        if route is None or self._pairs_for(source, target) != route.pairs:
            return notice
        return f"{notice} {route.said}"

    def translate(
        self,
        sentences: Sequence[str],
        *,
        source: str,
        target: str,
        requester: str = "",
        is_cancelled: Callable[[], bool] = never,
        known: Known = nothing_known,
    ) -> Iterator[Rendered]:
        """One result for each sentence, in order. Raises TranslationUnavailable."""
        pairs = self._pairs_for(source, target)
        if not pairs:
            raise TranslationUnavailable(f"Apertium is not installed with a pair from {source} to {target}.")
        engine = partial(self._run_all, pairs=pairs, is_serbian=normal_code(source) in SERBO_CROATIAN)
        languages = Languages(normal_code(source), normal_code(target))
        first, size = 0, FIRST_BATCH
        while first < len(sentences) and not is_cancelled():
            batch = [" ".join(text.split()) for text in sentences[first : first + size]]
            yield from translated(batch, engine, languages, known)
            first, size = first + size, min(2 * size, LARGEST_BATCH)

    def _pairs_for(self, source: str, target: str) -> tuple[str, ...]:
        """The pairs to go through one after the other: one where there is one, none where there is no way."""
        installed = self.pairs()
        start = apertium_code(source)
        variant = _VARIANTS.get(normal_code(target), "")
        for end in (variant, apertium_code(target)):
            if end and f"{start}-{end}" in installed:
                return (f"{start}-{end}",)
        route = ROUTES.get((normal_code(source), normal_code(target)))
        return route.pairs if route is not None and installed.issuperset(route.pairs) else ()

    def _run_all(self, batch: Sequence[str], *, pairs: Sequence[str], is_serbian: bool) -> list[str]:
        """The batch through each pair. What one leaves as it is, the next may know: only its marks go."""
        lines = [to_latin(line) for line in batch] if is_serbian else list(batch)
        for number, pair in enumerate(pairs):
            lines = [_MARKS.sub("", line) for line in lines] if number else lines
            lines = self._run_batch(lines, pair)
        return lines

    def _run_batch(self, batch: Sequence[str], pair: str) -> list[str]:
        """The batch through one process; a blank line ends a sentence for Apertium and comes back
        unchanged.
        """
        parts = _BREAK.split(self._run("\n\n".join(batch), pair).strip())
        if len(parts) == len(batch):
            return parts
        return [self._run(text, pair).strip() for text in batch]

    def _run(self, text: str, pair: str) -> str:
        try:
            outcome = subprocess.run(
                [self._program, "-f", "txt", pair],
                input=f"{text}\n".encode(),
                capture_output=True,
                timeout=LIMIT_SECONDS,
                check=False,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise TranslationUnavailable(
                f"Apertium gave no translation within {LIMIT_SECONDS} seconds. Translate a shorter passage."
            ) from error
        except OSError as error:
            raise TranslationUnavailable(f"Apertium cannot be started ({error.strerror}).") from error
        if outcome.returncode or len(outcome.stdout) > LONGEST_OUTPUT:
            raise TranslationUnavailable(f"Apertium failed on this text (code {outcome.returncode}).")
        if text.strip() and not outcome.stdout.strip():
            # A part of a pair that dies takes the text with it, and the program ends well all the same.
            raise TranslationUnavailable(f"Apertium gave nothing back: its pair {pair} does not work here.")
        return outcome.stdout.decode(errors="replace")
