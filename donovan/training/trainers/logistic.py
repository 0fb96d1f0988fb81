"""Multinomial logistic regression over groups: what is near-identical is never on both sides of a fold."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from donovan.training.contract import OnProgress, Progress, Stopped
from donovan.training.trainers.calibration import log_loss
from retrieval.classifying import Matrix, nearest_centre

STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""Inverse regularisation, from simple to free."""

FOLDS = 5


class Fit:
    """Fits at one strength, and the scores of each example by a model that did not see its group."""

    def __init__(
        self,
        *,
        features: Matrix,
        answers: Any,
        examples: Sequence[dict[str, Any]],
        train_count: int,
        classes: list[str],
        seed: int,
    ) -> None:
        self.features, self.answers, self.classes = features.astype(np.float64), answers, classes
        self.train = np.arange(train_count)
        # A class that was never seen in training cannot be right: it is left out of dev figures.
        self.dev = np.array(
            [at for at in range(train_count, len(answers)) if answers[at] in classes], dtype=int
        )
        self.weights = np.array([float(one.get("weight", 1.0)) for one in examples])
        self.groups = np.array([str(one.get("group") or one["id"]) for one in examples])
        self.seed = seed
        # With fewer examples than features the best weights lie in the span of the examples, so that is
        # where they are looked for: the same solution, found many times faster.
        self.basis = np.linalg.svd(self.features[self.train], full_matrices=False)[2]
        self.reduced = self.features @ self.basis.T

    def choose(self, on_progress: OnProgress, total: int, is_stopped: Callable[[], bool]) -> float:
        """The strength with the least log loss on held-out groups."""
        losses = []
        before = total - len(STRENGTHS) - 1
        for number, strength in enumerate(STRENGTHS, start=1):
            scores = self.held_out(strength)
            losses.append(log_loss(scores, self.indices(self.train), 1.0))
            on_progress(Progress(before + number, total, losses[-1], f"strength {strength:g} tried", before))
            if is_stopped():
                raise Stopped
        return STRENGTHS[int(np.argmin(losses))]

    def indices(self, rows: Any) -> Any:
        return np.array([self.classes.index(answer) for answer in self.answers[rows]], dtype=int)

    def held_out(self, strength: float) -> Any:
        """Scores before the softmax of the training examples, shape (train, classes)."""
        groups = self.groups[self.train]
        folds = min(FOLDS, len(set(groups)))
        scores = np.zeros((len(self.train), len(self.classes)))
        if folds < 2:
            weights, bias = self.fit(self.train, strength)
            return self.features[self.train] @ weights.T + bias
        for kept, held in GroupKFold(n_splits=folds).split(self.train, groups=groups):
            weights, bias = self.fit(self.train[kept], strength)
            scores[held] = self.features[self.train[held]] @ weights.T + bias
        return scores

    def centres(self, rows: Any) -> Any:
        """The middles of the classes among some rows, shape (classes, features), each of length 1; of a class
        without rows it is 0.
        """
        features = self.features[rows] / np.maximum(
            np.linalg.norm(self.features[rows], axis=1, keepdims=True), 1e-12
        )
        found = np.zeros((len(self.classes), self.features.shape[1]))
        for place, name in enumerate(self.classes):
            of_it = features[self.answers[rows] == name]
            if len(of_it):
                middle = of_it.mean(axis=0)
                found[place] = middle / max(float(np.linalg.norm(middle)), 1e-12)
        return found

    def typical_from(self, share: float) -> float:
        """The cosine with the nearest centre that all but `share` of the examples reach whose group had no
        part in the centres; -1, which everything reaches, where there are too few groups to tell.
        """
        groups = self.groups[self.train]
        folds = min(FOLDS, len(set(groups)))
        if folds < FOLDS:
            return -1.0
        near = []
        for kept, held in GroupKFold(n_splits=folds).split(self.train, groups=groups):
            centres = self.centres(self.train[kept])
            features = self.features[self.train[held]].astype(np.float32)
            near.append(nearest_centre(features, centres.astype(np.float32)))
        return float(np.quantile(np.concatenate(near), share))

    def fit(self, rows: Any, strength: float) -> tuple[Any, Any]:
        """Weights (classes, features) and bias (classes,); a class without examples gets a very low bias."""
        present = sorted(set(self.answers[rows]))
        weights = np.zeros((len(self.classes), self.features.shape[1]))
        bias = np.full(len(self.classes), -20.0)
        if len(present) == 1:
            bias[self.classes.index(present[0])] = 0.0
            return weights, bias
        model = LogisticRegression(C=strength, max_iter=500, tol=1e-5, random_state=self.seed)
        model.fit(self.reduced[rows], self.answers[rows], sample_weight=self.weights[rows])
        found = model.coef_ @ self.basis
        places = [self.classes.index(one) for one in model.classes_]
        if len(present) == 2:
            # Two classes come as one row of the difference; half of it each is the same softmax.
            weights[places[0]], weights[places[1]] = -found[0] / 2, found[0] / 2
            bias[places[0]], bias[places[1]] = -model.intercept_[0] / 2, model.intercept_[0] / 2
        else:
            weights[places], bias[places] = found, model.intercept_
        return weights, bias
