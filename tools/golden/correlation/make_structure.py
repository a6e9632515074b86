#!/usr/bin/env python3
"""Golden numbers of insight/correlation's factors, clusters, tree and portfolio risk by other hands: numpy's singular values and
scikit-learn's PCA, scipy's linkage and its spanning tree, numpy for the risk, its slopes taken by finite differences.

  python make_structure.py    needs numpy<2 scikit-learn scipy; writes structure.json and risk.json"""
import json
import os

import numpy as np
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import squareform
from scipy.stats import norm
from sklearn.decomposition import PCA

ROOM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../src/insight/correlation/tests/golden")


def returns(rows, columns, seed):
    """Log returns with a common factor, two groups and fat tails."""
    random = np.random.default_rng(seed)
    common, groups = random.standard_t(4, rows), random.standard_normal((2, rows))
    x = [0.5 * common * (1 if j % 3 else -1) + 0.6 * groups[j % 2] + 0.7 * random.standard_t(5, rows) for j in range(columns)]
    return np.round(0.004 * np.array(x).T, 8)


def structure():
    x = returns(400, 9, 11)
    z = (x - x.mean(0)) / x.std(0, ddof=1)
    pca = PCA().fit(z)
    rho = np.corrcoef(x.T)
    distance = np.sqrt(2 * (1 - rho))
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    span = minimum_spanning_tree(distance).tocoo()
    scores = pca.transform(z)[:, :3] / np.sqrt(pca.explained_variance_[:3])
    return {"x": x.tolist(), "variance": pca.explained_variance_.tolist(), "components": pca.components_.tolist(),
            "scores": scores.tolist(), "mean": x.mean(0).tolist(), "deviation": x.std(0, ddof=1).tolist(),
            "correlation": rho.tolist(), "linkage": tree.tolist(), "leaves": leaves_list(tree).tolist(),
            "cuts": {str(d): fcluster(tree, d, "distance").tolist() for d in (0.8, 1.0, 1.2, 1.4)},
            "tree": sorted([[float(d), int(min(a, b)), int(max(a, b))] for a, b, d in zip(span.row, span.col, span.data)])}


def historical(value, x, confidence):
    profit = np.expm1(x) @ value
    k = max(1, int(np.floor(len(profit) * (1 - confidence) + 1e-9)))
    worst = np.argsort(profit, kind="stable")[:k]
    each = np.expm1(x[worst]) * value
    return -profit[worst[-1]], -each[-1], -profit[worst].mean(), -each.mean(0), k


def normal(value, x, confidence):
    """Totals only: their slopes come by finite differences, so that Euler's rule is not used to prove itself."""
    sigma = np.std(np.expm1(x) @ value, ddof=1)
    z = norm.ppf(confidence)
    return np.array([z * sigma, norm.pdf(z) / (1 - confidence) * sigma])


def risk():
    x = returns(500, 5, 12)
    value = np.array([100000.0, -60000, 25000, 0, 80000])
    out = {"x": x.tolist(), "value": value.tolist(), "levels": []}
    for confidence in (0.9, 0.95, 0.99):
        totals, slopes = normal(value, x, confidence), []
        for j in range(len(value)):
            step = np.zeros(len(value))
            step[j] = 10.0
            slopes.append((normal(value + step, x, confidence) - normal(value - step, x, confidence)) / 20)
        parts = np.array(slopes) * value[:, None]
        var, var_parts, cvar, cvar_parts, k = historical(value, x, confidence)
        out["levels"].append({"confidence": confidence, "normal_var": totals[0], "normal_cvar": totals[1],
                              "normal_var_parts": parts[:, 0].tolist(), "normal_cvar_parts": parts[:, 1].tolist(),
                              "var": var, "var_parts": var_parts.tolist(), "cvar": cvar, "cvar_parts": cvar_parts.tolist(), "k": k})
    return out


def main():
    os.makedirs(ROOM, exist_ok=True)
    for name, made in (("structure", structure()), ("risk", risk())):
        with open(os.path.join(ROOM, name + ".json"), "w", encoding="utf-8") as f:
            json.dump(made, f)


main()
