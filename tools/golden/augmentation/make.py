#!/usr/bin/env python3
"""Golden figures of src/models/augmentation/tests/golden/facts.json, by numpy and scipy from the definitions alone.

Usage: make.py ML_VECTORS_JSON OUTPUT_FILE
ML_VECTORS_JSON is the specification's file of vectors: its stylised-facts are copied. Beside them
stands a series with fat tails and clustered sizes drawn here (numpy's PCG64, seed 20261127), with the facts, the distance to a
second series and the quantiles that scipy gives."""
import json
import sys

import numpy as np
from scipy import stats


def acf(x, lags):
    x = x - x.mean()
    return [float((x[k:] * x[:-k]).sum() / (x * x).sum()) for k in range(1, lags + 1)]


def sums(r, n):
    return r[: len(r) // n * n].reshape(-1, n).sum(1)


def hill(r, k):
    x = np.sort(np.abs(r))[::-1]
    return float(1 / np.log(x[:k] / x[k]).mean())


def series(rng, n, nu):
    r, h = np.empty(n), 1.0
    for t in range(n):
        r[t] = np.sqrt(h) * rng.standard_t(nu)
        h = 0.05 + 0.15 * r[t] ** 2 + 0.8 * h
        h = min(h, 50)
    return np.round(r * 1e-3, 7)


def main():
    vectors = {v["id"]: v for v in json.load(open(sys.argv[1], encoding="utf-8"))["vectors"]}
    rng = np.random.default_rng(20261127)
    r, other = series(rng, 900, 5), series(rng, 700, 4)
    volume = np.round(2 + 500 * np.abs(r) + rng.normal(0, 0.5, len(r)), 5)
    standard = (r - r.mean()) / r.std(ddof=1)
    shifted = (other - r.mean()) / r.std(ddof=1)
    n = len(r)
    square_acf = acf(r * r, 10)
    out = {
        "r": r.tolist(), "other": other.tolist(), "log_volume": volume.tolist(),
        "standard_deviation": float(r.std(ddof=1)), "skewness": float(stats.skew(r)), "excess_kurtosis": float(stats.kurtosis(r)),
        "excess_kurtosis_of_4": float(stats.kurtosis(sums(r, 4))), "hill": hill(r, n // 20),
        "acf": acf(r, 100), "acf_abs": acf(np.abs(r), 100),
        "leverage": [float(np.corrcoef(r[:-j], r[j:] ** 2)[0, 1]) for j in range(1, 21)],
        "ljung_box": float(n * (n + 2) * sum(a * a / (n - k) for k, a in enumerate(square_acf, 1))),
        "volume_volatility": float(np.corrcoef(volume, np.abs(r))[0, 1]),
        "wasserstein": float(stats.wasserstein_distance(standard, shifted)),
        "normal_scores": {"x": [float(v) for v in np.quantile(r, [0.05, 0.5, 0.9])], "z": [float(v) for v in stats.norm.ppf([0.05, 0.5, 0.9])]},
        "vector": {key: vectors["stylised-facts"][key] for key in ("input", "expected")},
    }
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
