"""Words of aligned texts, and strings of random letters, held against the floor of a search.

python -m tests.benchmarks.floors_steps FOLDER

Prints one JSON object in its last line. The bounds were set on the lines whose number divides by seven; here
are those of the second half that do not.
"""

import json
import random
import re
import sys
from pathlib import Path

import django

django.setup()

from retrieval.embedding import LocalEmbedder  # noqa: E402
from retrieval.floors import UNRELATED, floor  # noqa: E402

WORDS, STRINGS = 400, 400
_WORD = re.compile(r"[^\W\d_]{4,}")
_ALPHABETS = {
    "Latin": ("abcdefghijklmnopqrstuvwxyz", 5, 13),
    "Cyrillic": ("".join(map(chr, range(0x430, 0x450))), 5, 12),
    "Arabic": ("".join(map(chr, range(0x627, 0x64B))), 5, 10),
    "Chinese": ("".join(map(chr, range(0x4E00, 0x9FA1))), 3, 7),
}

Passed = dict[str, tuple[int, int]]


def main(folder: Path) -> dict[str, Passed]:
    """How many of how many are taken to have a sense, by language and by script."""
    embedder, draw = LocalEmbedder(), random.Random(11)

    def passed(texts: list[str]) -> tuple[int, int]:
        kept = [floor(embedder, text, is_any_word_known=False) <= UNRELATED for text in texts]
        return sum(kept), len(kept)

    words: Passed = {}
    for path in sorted(folder.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        unseen = [line for at, line in enumerate(lines) if at >= len(lines) // 2 and (at - 1) % 7]
        known = sorted({word for line in unseen for word in _WORD.findall(line)})
        words[path.stem] = passed(draw.sample(known, min(WORDS, len(known))))
    strings = {
        script: passed(["".join(draw.choices(letters, k=draw.randint(least, most))) for _ in range(STRINGS)])
        for script, (letters, least, most) in _ALPHABETS.items()
    }
    return {"words": words, "strings": strings}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
