"""Ordering items in a subprocess: a classifier over vectors of what is labelled, and the next items by it.

Run by `ordering` in a process of its own. Takes and gives JSON objects (see `order`). The vectors come with
the request, from the embedding model; without them the texts are made into vectors by their words
(TF-IDF and truncated singular values, scikit-learn).
"""

from collections import Counter
from typing import Any

import numpy as np

from donovan.feedback.projects.selection import Floats, choose, margins
from donovan.insight.first_use import OnFirstUse
from ingest.work.subprocesses import serve

linear_model = OnFirstUse("sklearn.linear_model")
decomposition = OnFirstUse("sklearn.decomposition")
of_texts = OnFirstUse("sklearn.feature_extraction.text")

LEAST_LABELLED = 8
WORD_DIMENSIONS = 96
INVERSE_REGULARISATION = 20.0


def order(request: dict[str, Any]) -> dict[str, Any]:
    """The order of the waiting items of one set of access labels.

    Takes `texts`, `vectors` (or null), `waiting` and `labelled` (places), `answers` (by labelled), `chances`
    (rows of the model that serves, or null), `disagree`, `count`, `seed` and `random_share`. Gives `order`:
    [place, why] for the first `count`, and `predicted`: [class, chance, {class: chance}] by waiting place,
    or null where there is nothing to learn from yet.
    """
    vectors = _vectors(request)
    waiting, labelled = request["waiting"], request["labelled"]
    model = classifier(vectors[labelled], request["answers"])
    chances = None
    predicted = None
    if model is not None:
        chances = np.zeros((len(vectors), len(model.classes_)))
        chances[waiting] = model.predict_proba(vectors[waiting])
        predicted = {
            place: [
                str(model.classes_[int(np.argmax(chances[place]))]),
                round(float(np.max(chances[place])), 4),
                {
                    str(name): round(float(one), 4)
                    for name, one in zip(model.classes_, chances[place], strict=True)
                },
            ]
            for place in waiting
        }
    elif request["chances"] is not None:
        chances = np.asarray(request["chances"], dtype=np.float64)
    chosen = choose(
        vectors,
        waiting,
        labelled,
        count=request["count"],
        seed=request["seed"],
        chances=chances,
        disagree=request["disagree"],
        random_share=request["random_share"],
    )
    later = sorted(
        set(waiting) - {choice.place for choice in chosen},
        key=lambda place: -float(margins(chances[[place]])[0]) if chances is not None else 0.0,
    )
    return {
        "order": [[choice.place, choice.why] for choice in chosen] + [[place, ""] for place in later],
        "predicted": predicted,
    }


def classifier(vectors: Floats, answers: list[str]) -> Any:
    """Logistic regression over the labelled vectors; None while there is too little to learn from."""
    if len(answers) < LEAST_LABELLED or len(Counter(answers)) < 2:
        return None
    model = linear_model.LogisticRegression(C=INVERSE_REGULARISATION, class_weight="balanced", max_iter=300)
    return model.fit(vectors, answers)


def _vectors(request: dict[str, Any]) -> Floats:
    if request["vectors"] is not None:
        return np.asarray(request["vectors"], dtype=np.float64)
    texts = request["texts"]
    if len(texts) < 3:
        return np.eye(len(texts), max(len(texts), 2))
    words = of_texts.TfidfVectorizer(sublinear_tf=True, max_features=20_000).fit_transform(texts)
    size = max(2, min(WORD_DIMENSIONS, words.shape[0] - 1, words.shape[1] - 1))
    dense = decomposition.TruncatedSVD(size, random_state=0).fit_transform(words)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    return np.asarray(dense / np.maximum(lengths, 1e-9), dtype=np.float64)


if __name__ == "__main__":
    serve(order)
