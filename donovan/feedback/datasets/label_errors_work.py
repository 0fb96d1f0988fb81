"""Looking for label errors, in a subprocess: confident learning over vectors of the items (cleanlab).

Run by `label_errors` in a process of its own. Each item's chances come from a logistic regression that was
fitted without it (cross-validation over the groups of the data set); cleanlab then says which given values
are more likely wrong than right (confident learning, Northcutt and others 2021). Without vectors the texts
are made into vectors by their words (TF-IDF and truncated singular values).
"""

import warnings
from typing import Any

import numpy as np
from cleanlab.filter import find_label_issues
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from ingest.work.errors import Refused
from ingest.work.subprocesses import serve

FOLDS = 5
FEWEST_OF_A_CLASS = 5
FEWEST = 20
WORD_DIMENSIONS = 128
INVERSE_REGULARISATION = 10.0


def suspicious(request: dict[str, Any]) -> dict[str, Any]:
    """Takes `answers`, `groups`, and `vectors` (or null) or `texts`; gives `looked`, `fewest` (values with
    fewer items are not looked at) and `found`: the places of suspicious items, the most suspicious first,
    with what else fits and the chances of both.
    """
    answers = np.array(request["answers"])
    names, counts = np.unique(answers, return_counts=True)
    kept_names = names[counts >= FEWEST_OF_A_CLASS]
    places = np.flatnonzero(np.isin(answers, kept_names))
    if len(kept_names) < 2 or len(places) < FEWEST:
        raise Refused(
            f"There is too little to compare: it takes {FEWEST} rows, and two values with "
            f"{FEWEST_OF_A_CLASS} rows each."
        )
    vectors = _vectors(request)[places]
    given = np.searchsorted(kept_names, answers[places])
    groups = np.array(request["groups"])[places]
    folds = min(FOLDS, len(np.unique(groups)), int(np.bincount(given).min()))
    if folds < 2:
        raise Refused("All rows are of one group, so that none can be judged without the others.")
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=400, class_weight="balanced")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chances = cross_val_predict(
            model,
            vectors,
            given,
            groups=groups,
            cv=StratifiedGroupKFold(folds, shuffle=True, random_state=0),
            method="predict_proba",
        )
        issues = find_label_issues(given, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
    found = []
    for at in issues:
        best = int(np.argmax(chances[at]))
        if best != given[at]:
            found.append(
                {
                    "place": int(places[at]),
                    "suggested": str(kept_names[best]),
                    "chance_given": round(float(chances[at, given[at]]), 4),
                    "chance_suggested": round(float(chances[at, best]), 4),
                }
            )
    return {"looked": len(places), "fewest": FEWEST_OF_A_CLASS, "found": found}


def _vectors(request: dict[str, Any]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    if request.get("vectors") is not None:
        return np.asarray(request["vectors"], dtype=np.float64)
    matrix = TfidfVectorizer(sublinear_tf=True, max_features=50_000).fit_transform(request["texts"])
    dimensions = min(WORD_DIMENSIONS, min(matrix.shape) - 1)
    if dimensions < 1:
        raise Refused("The texts hold too few words to be compared.")
    return np.asarray(TruncatedSVD(dimensions, random_state=0).fit_transform(matrix), dtype=np.float64)


if __name__ == "__main__":
    serve(suspicious)
