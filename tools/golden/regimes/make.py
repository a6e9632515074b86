#!/usr/bin/env python3
"""Golden numbers of insight/regimes by other hands: hmmlearn 0.3.3 (Gaussian HMM), numpy (BOCPD, switching regression).

  python make.py [OUT]      needs hmmlearn==0.3.3 and numpy<2; writes hmm.json, bocpd.json, switching.json"""
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


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else ROOM
    for name, content in (("hmm", gaussian_hmm()), ("bocpd", bocpd()), ("switching", switching())):
        with open(os.path.join(out, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.write("\n")
