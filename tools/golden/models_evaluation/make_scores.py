#!/usr/bin/env python3
"""Golden scores from scikit-learn, scipy and arch for the tests of models/evaluation.

usage: make_scores.py OUT.JSON      (Python packages: numpy scipy scikit-learn arch)
Predictions are rounded in one case, so that ties are common; another has skewed classes.
"""
import json
import sys

import numpy as np
from arch.bootstrap import optimal_block_length
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression


def score_case(name, n, digits, skew, rng):
    z = rng.normal(size=n)
    p = 1 / (1 + np.exp(-(0.8 * z + skew)))
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-(0.6 * z + skew + 0.1)))).astype(int)
    p = np.round(p, digits)
    called = (p > 0.5).astype(int)
    observed, predicted = calibration_curve(y, p, n_bins=15, strategy="uniform")
    return {
        "name": name, "y": y.tolist(), "p": p.tolist(),
        "accuracy": metrics.accuracy_score(y, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, called),
        "mcc": metrics.matthews_corrcoef(y, called),
        "roc_auc": metrics.roc_auc_score(y, p),
        "brier": metrics.brier_score_loss(y, p),
        "log_loss": metrics.log_loss(y, p),
        "bins_observed": observed.tolist(), "bins_predicted": predicted.tolist(),
    }


def logistic_case(rng):
    n = 400
    x = rng.normal(size=(n, 3)) * [1.0, 5.0, 0.2] + [0.0, 3.0, -1.0]
    weight = rng.uniform(0.2, 2.0, size=n)
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-(x[:, 0] - 0.3 * (x[:, 1] - 3)))))
    mean = np.average(x, axis=0, weights=weight)
    sd = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weight))
    fit = LogisticRegression(C=1 / 2.0, tol=1e-12, max_iter=10000).fit((x - mean) / sd, y, sample_weight=weight)
    return {"x": x.tolist(), "y": y.astype(int).tolist(), "weight": weight.tolist(), "ridge": 2.0,
            "p": fit.predict_proba((x - mean) / sd)[:, 1].tolist()}


def main() -> None:
    rng = np.random.default_rng(20261122)
    ar = rng.normal(size=800)
    for i in range(1, 800):
        ar[i] += 0.7 * ar[i - 1]
    ar = np.round(ar, 6)
    length = optimal_block_length(ar)
    tails = [(n, k, c, float(stats.binom.sf(k - 1, n, c)))
             for n, k, c in [(10, 7, 0.5), (243, 140, 0.52), (29050, 15325, 0.5007), (29050, 14545, 0.5007),
                             (200000, 101200, 0.5), (50, 50, 0.9), (50, 0, 0.1), (1000, 400, 0.5)]]
    grid = [1e-12, 1e-6, 0.001, 0.02, 0.025, 0.3, 0.5, 0.75, 0.975, 0.99, 1 - 1e-9]
    moments = ar[:100]
    out = {
        "scores": [score_case("fine", 150, 12, 0.0, rng), score_case("ties", 200, 1, 0.0, rng),
                   score_case("skewed", 200, 12, 2.0, rng)],
        "logistic": logistic_case(rng),
        "block": {"x": ar.tolist(), "stationary": float(length["stationary"].iloc[0]),
                  "circular": float(length["circular"].iloc[0])},
        "binomial_upper_tail": tails,
        "normal_quantile": [(q, float(stats.norm.ppf(q))) for q in grid],
        "incomplete_beta": [(a, b, x, float(stats.beta.cdf(x, a, b)))
                            for a, b, x in [(0.5, 0.5, 0.2), (3, 7, 0.9), (200, 300, 0.41), (1, 50, 0.01)]],
        "moments": {"x": moments.tolist(), "skew": float(stats.skew(moments)),
                    "kurt": float(stats.kurtosis(moments, fisher=False)), "sd": float(np.std(moments, ddof=1)),
                    "q": [(q, float(np.quantile(moments, q))) for q in (0.0, 0.13, 0.5, 0.95, 1.0)]},
    }
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        json.dump(out, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
