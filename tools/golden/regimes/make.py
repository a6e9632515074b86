#!/usr/bin/env python3
"""Golden numbers of insight/regimes by other hands: hmmlearn 0.3.3 (Gaussian HMM), numpy (BOCPD, switching regression, segments
of two columns), scipy (degrees of freedom), jumpmodels 0.1.1 (jump model), ruptures 1.1.10 (segments of one column).

  python make.py [OUT] [NAME...]   needs those and numpy<2; writes NAME.json for hmm, bocpd, switching, student, jump, segments"""
import json
import math
import os
import sys

import numpy as np
from hmmlearn import hmm

ROOM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../src/insight/regimes/tests/golden")


def gaussian_hmm():
    """Five EM steps of a 3-state full-covariance HMM from given parameters, priors off, and what it says of the rows."""
    random = np.random.default_rng(7)
    transition = np.array([[0.95, 0.03, 0.02], [0.04, 0.94, 0.02], [0.03, 0.03, 0.94]])
    mean = np.array([[0.0, 1.0], [2.0, -1.0], [-1.5, 0.5]])
    cov = np.array([[[1.0, 0.3], [0.3, 0.5]], [[0.6, -0.2], [-0.2, 0.8]], [[2.0, 0.5], [0.5, 1.5]]])
    state, x = 0, []
    for _ in range(300):
        state = random.choice(3, p=transition[state])
        x.append(random.multivariate_normal(mean[state], cov[state]))
    x = np.round(np.array(x), 6)
    x[120] = [40.0, -35.0]  # an outlier far out in every state's tail
    model = hmm.GaussianHMM(3, "full", n_iter=5, tol=-np.inf, init_params="", covars_prior=0.0, covars_weight=1.0,
                            min_covar=0.0, implementation="log")
    start = {"start": [0.4, 0.3, 0.3], "transition": [[0.8, 0.1, 0.1]] * 1 + [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]],
             "mean": [[0.2, 0.8], [1.5, -0.5], [-1.0, 0.0]], "covariance": [[[1, 0], [0, 1]]] * 3}
    model.startprob_, model.transmat_ = np.array(start["start"]), np.array(start["transition"])
    model.means_, model.covars_ = np.array(start["mean"]), np.array(start["covariance"], float)
    first = model.score(x)
    model.fit(x)
    return {"source": "hmmlearn " + __import__("hmmlearn").__version__, "x": x.tolist(), "start_parameters": start,
            "log_likelihood_at_start": first, "iterations": 5, "start": model.startprob_.tolist(),
            "transition": model.transmat_.tolist(), "mean": model.means_.tolist(), "covariance": model.covars_.tolist(),
            "log_likelihood": model.score(x), "smoothed": model.predict_proba(x).tolist()}


def bocpd_of(x, hazard, mu, kappa, alpha, beta):
    """Adams and MacKay 2007 with all run lengths kept, in logarithms."""
    log = np.array([0.0])
    m, k, a, b = (np.array([v], float) for v in (mu, kappa, alpha, beta))
    gamma = np.vectorize(math.lgamma)
    best, short, evidence = [], [], 0.0
    for value in x:
        scale = b * (k + 1) / (a * k)
        log_t = gamma(a + 0.5) - gamma(a) - 0.5 * np.log(2 * a * math.pi * scale) - (a + 0.5) * np.log1p(
            (value - m) ** 2 / (2 * a * scale))
        grow = log + log_t + math.log1p(-hazard)
        change = np.logaddexp.reduce(log + log_t) + math.log(hazard)
        log = np.concatenate([[change], grow])
        total = np.logaddexp.reduce(log)
        evidence += total
        log -= total
        b = np.concatenate([[beta], b + k * (value - m) ** 2 / (2 * (k + 1))])
        m = np.concatenate([[mu], (k * m + value) / (k + 1)])
        k = np.concatenate([[kappa], k + 1])
        a = np.concatenate([[alpha], a + 0.5])
        best.append(int(np.argmax(log)))
        short.append(float(np.exp(log[:5]).sum()))
    return {"map_run_length": best, "short_run": short, "log_evidence": float(evidence)}


def bocpd():
    random = np.random.default_rng(11)
    x = np.concatenate([random.normal(0, 1, 150), random.normal(3, 1, 100), random.normal(3, 0.3, 120), random.normal(-1, 2, 130)])
    x = np.round(x, 6)
    return {"x": x.tolist(), "hazard": 0.01, "mu": 0.0, "kappa": 1.0, "alpha": 1.0, "beta": 1.0,
            **bocpd_of(x, 0.01, 0.0, 1.0, 1.0, 1.0)}


def switching():
    """Hamilton's filter in plain numpy probabilities on a two-state regression with one activity column."""
    random = np.random.default_rng(5)
    transition = np.array([[0.95, 0.05], [0.1, 0.9]])
    b, sigma = np.array([[0.1, 0.8], [-0.2, -0.6]]), np.array([1.0, 2.0])
    mean, deviation = np.array([0.0, 1.0]), np.array([0.5, 0.7])
    z = np.column_stack([np.ones(200), np.round(random.normal(size=200), 6)])
    state, y, w = 0, [], []
    for t in range(200):
        state = random.choice(2, p=transition[state])
        y.append(random.normal(b[state] @ z[t - 1] if t else 0, sigma[state]))
        w.append(random.normal(mean[state], deviation[state]))
    y, w = np.round(y, 6), np.round(w, 6)
    normal = lambda v, m, s: np.exp(-0.5 * ((v - m) / s) ** 2) / (s * math.sqrt(2 * math.pi))
    phi = lambda v: 0.5 * (1 + math.erf(v / math.sqrt(2)))
    forecast, filtered, up, log_likelihood = np.array([0.6, 0.4]), [], [], 0.0
    for t in range(200):
        p = forecast * normal(w[t], mean, deviation) * (normal(y[t], b @ z[t - 1], sigma) if t else 1)
        log_likelihood += math.log(p.sum())
        filtered.append((p / p.sum()).tolist())
        forecast = p / p.sum() @ transition
        up.append(sum(f * phi(v) for f, v in zip(forecast, b @ z[t] / sigma)))
    return {"start": [0.6, 0.4], "transition": transition.tolist(), "coefficient": b.tolist(), "sigma": sigma.tolist(),
            "activity_mean": mean.tolist(), "activity_deviation": deviation.tolist(), "target": y.tolist(),
            "regressor": z[:, 1].tolist(), "activity": w.tolist(), "filtered_state0": [f[0] for f in filtered], "p_up_next": up,
            "log_likelihood": log_likelihood}


def student():
    """Maximum likelihood of a Student-t law of one column by scipy, and of its log density at the optimum."""
    from scipy import stats
    random = np.random.default_rng(3)
    x = np.round(0.3 + 1.5 * random.standard_t(4.5, size=3000), 6)
    degrees, mean, scale = stats.t.fit(x, 6)
    return {"source": "scipy " + __import__("scipy").__version__, "x": x.tolist(), "degrees": degrees, "mean": mean, "scale": scale,
            "log_likelihood": float(stats.t.logpdf(x, degrees, mean, scale).sum()), "digamma": [[v, float(__import__("scipy.special").special.digamma(v))]
                                                                                          for v in (0.1, 1.05, 2.5, 9.99, 40.0, 1e4)]}


def jump():
    """Three states that last about 60 rows; the best of 50 starts, whose optimum does not depend on the library's randomness."""
    from jumpmodels.jump import JumpModel
    random = np.random.default_rng(12)
    centre = np.array([[0.0, 0.0, 1.0], [1.5, -1.0, 0.0], [-1.0, 1.5, 2.0]])
    state, x = 0, []
    for _ in range(900):
        state = state if random.random() < 0.983 else random.integers(3)
        x.append(random.normal(centre[state], [1.0, 1.2, 0.8]))
    x = np.round(np.array(x), 6)
    train = x[:700]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    z = (x - mean) / deviation
    model = JumpModel(n_components=3, jump_penalty=12.0, n_init=50, random_state=1, max_iter=1000, tol=0.0).fit(z[:700], sort_by=None)
    return {"source": "jumpmodels 0.1.1", "x": x.tolist(), "train": 700, "penalty": 12.0, "centre": model.centers_.tolist(),
            "cost": float(model.val_), "labels": [int(v) for v in model.predict(z[:700])],
            "online": [int(v) for v in model.predict_online(z)]}


def optimal_partition(x, penalty, shortest):
    """Every last segment of every prefix tried, no pruning: cost is rows times the sum of log variances of the columns."""
    n = len(x)
    first, second = np.vstack([0 * x[:1], np.cumsum(x, 0)]), np.vstack([0 * x[:1], np.cumsum(x * x, 0)])
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    best[0] = -penalty
    for t in range(shortest, n + 1):
        s = np.arange(0, t - shortest + 1)
        length = (t - s)[:, None]
        variance = (second[t] - second[s]) / length - ((first[t] - first[s]) / length) ** 2
        cost = best[s] + (t - s) * np.log(variance).sum(axis=1) + penalty
        best[t], last[t] = cost.min(), s[cost.argmin()]
    ends, t = [], n
    while t > 0:
        ends.append(t)
        t = int(last[t])
    return ends[::-1], float(best[n])


def segments():
    """PELT by ruptures on one column; the full dynamic program on one and two columns."""
    import ruptures
    from ruptures.costs import CostNormal
    random = np.random.default_rng(8)
    parts = [(0, 1, 90), (2.5, 1, 60), (2.5, 0.3, 120), (0, 2, 70), (0.5, 0.6, 160)]
    x = np.round(np.concatenate([random.normal(m, s, n) for m, s, n in parts]), 6)
    pen = 3 * math.log(len(x))
    cost = CostNormal(add_small_diag=False)
    pelt = ruptures.Pelt(custom_cost=cost, min_size=10, jump=1).fit(x)
    two = np.round(np.column_stack([x, np.concatenate([random.normal(0, 1, 200), random.normal(1, 0.5, 300)])]), 6)
    pen2 = 4 * math.log(len(x))
    one_ends, one_cost = optimal_partition(x[:, None], pen, 10)
    two_ends, two_cost = optimal_partition(two, pen2, 10)
    assert pelt.predict(pen=pen) == one_ends
    return {"source": "ruptures 1.1.10", "x": x.tolist(), "second": two[:, 1].tolist(), "shortest": 10,
            "ends": [int(v) for v in pelt.predict(pen=pen)], "cost": one_cost, "ends_of_two": two_ends, "cost_of_two": two_cost}


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else ROOM
    makers = {"hmm": gaussian_hmm, "bocpd": bocpd, "switching": switching, "student": student, "jump": jump, "segments": segments}
    for name in sys.argv[2:] or makers:
        with open(os.path.join(out, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(makers[name](), file)
            file.write("\n")
