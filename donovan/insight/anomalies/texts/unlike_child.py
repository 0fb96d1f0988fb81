"""In a subprocess: how far each text is from the others.

Request: {"texts": [str, ...], "neighbours": int}. Response: {"distances": [float, ...], "words": [[str, ...],
...]}: the mean cosine distance of each text to its nearest neighbours by the weights of its terms (TF-IDF,
Spärck Jones, 1972), and for each the terms that set it apart. The texts come as terms divided by blanks.
"""

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from donovan.insight.anomalies.detectors.threads import one_thread
from donovan.insight.subprocesses import serve

WORDS_NAMED = 6


def distances(request: dict[str, Any]) -> dict[str, Any]:
    """See the module."""
    texts: list[str] = request["texts"]
    vectorizer = TfidfVectorizer(analyzer=str.split, sublinear_tf=True, max_features=50_000)
    weights = vectorizer.fit_transform(texts)
    neighbours = min(int(request["neighbours"]), len(texts) - 1)
    index = NearestNeighbors(n_neighbors=neighbours + 1, metric="cosine", algorithm="brute").fit(weights)
    with one_thread():
        far, near = index.kneighbors(weights)
    names = vectorizer.get_feature_names_out()
    words = []
    for row in range(len(texts)):
        others = np.asarray(weights[near[row][1:]].mean(axis=0)).ravel()
        own = weights[row].toarray().ravel()
        best = np.argsort(own - others)[::-1][:WORDS_NAMED]
        words.append([str(names[place]) for place in best if own[place] > 0])
    return {"distances": [float(value) for value in far[:, 1:].mean(axis=1)], "words": words}


if __name__ == "__main__":
    serve(distances)
