#!/bin/sh
# FAISS: an HNSW search that may only return few of the vectors gives less than it was asked for, although they are there.
#
# A good engineer would guess: with an id selector the search goes on until k allowed vectors are found, or, when it is
#   approximate, the k found are not quite the nearest. Two hundred allowed vectors are enough for k = 100.
# What happens: the search looks at about efSearch vectors whatever the selector says and then keeps the allowed ones. With
#   one vector in a hundred allowed most places come back as -1. Nothing is raised.
# Versions: faiss-cpu 1.15.1 with numpy 2.4.6.
# Why it matters here: "only what this analyst may read" is such a selector. Hits go missing just for those who may read
#   little, and how many are missing depends on what they may not read.
# How Donovan goes round it: no graph. The index is divided by label and a search opens only the segments in its scope;
#   retrieval/dense.py looks among the rows that are allowed and no others, and gives as many as are asked for.
# Documentation: the wiki ("Setting search parameters for one query") describes a selector as a choice of the vectors to search
#   from.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --target "$work/packages" \
    faiss-cpu==1.15.1 numpy==2.4.6 packaging==26.3; then
    echo "The packages could not be installed."
    exit 2
fi
OMP_NUM_THREADS=1 PYTHONPATH="$work/packages" python3 - <<'PY'
import sys

import faiss
import numpy as np

vectors = np.random.default_rng(0).normal(size=(10_000, 32)).astype("float32")
faiss.normalize_L2(vectors)
index = faiss.IndexHNSWFlat(32, 16)
index.add(vectors)
allowed = faiss.IDSelectorBatch(np.arange(0, 10_000, 100))


def empty_places(effort: int, k: int) -> float:
    settings = faiss.SearchParametersHNSW(sel=allowed, efSearch=effort)
    _, found = index.search(vectors[:20], k, params=settings)
    return float((found < 0).sum(axis=1).mean())


print(f"faiss {faiss.__version__}, numpy {np.__version__}: 10,000 vectors, 100 allowed, the 50 nearest of those asked for")
print("expected: 50 found, whatever the effort")
usual, great = empty_places(16, 50), empty_places(4_000, 50)
print(f"seen:     empty places with efSearch 16 (as it comes): {usual:.1f}; with efSearch 4,000: {great:.1f}")
is_so = usual > 25 and great < 5
print("as described" if is_so else "no longer as described")
sys.exit(0 if is_so else 1)
PY
