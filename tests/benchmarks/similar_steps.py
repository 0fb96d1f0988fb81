"""The paragraphs of one language of XQuAD, each held against all others, in a scratch installation.

python -m tests.benchmarks.similar_steps FOLDER

Prints one JSON object in its last line.
"""

import json
import sys
from pathlib import Path
from statistics import fmean, median

import django

django.setup()

from donovan.evaluation import scratch  # noqa: E402
from retrieval.scope import AccessScope  # noqa: E402
from retrieval.similar import reference, similar  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402

FIRST, DEPTH = 4, 10
LABEL = "evaluation"


def main(folder: Path) -> dict[str, float]:
    """The share of the first FIRST that are of the same article, and the reciprocal rank of the first that
    is, within DEPTH.
    """
    scratch.prepare()
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    made = scratch.load_passages([(row["_id"], "", row["text"]) for row in rows], LABEL, progress=say)
    article = {made[row["_id"]]: row["title"] for row in rows}
    scope, shares, ranks, seconds = AccessScope.of([LABEL]), [], [], []
    for document, title in article.items():
        compared = reference(document, None, scope)
        if compared is None:
            raise SystemExit(f"{document} is not ready.")
        result = similar(compared, scope, limit=DEPTH).result
        is_same = [article[hit.document_id] == title for hit in result.hits]
        shares.append(sum(is_same[:FIRST]) / FIRST)
        ranks.append(next((1 / rank for rank, same in enumerate(is_same, 1) if same), 0.0))
        seconds.append(result.seconds)
    return {
        "precision": round(fmean(shares), 4),
        "reciprocal": round(fmean(ranks), 4),
        "milliseconds": round(1000 * median(seconds), 2),
        "documents": len(article),
        "articles": len(set(article.values())),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
