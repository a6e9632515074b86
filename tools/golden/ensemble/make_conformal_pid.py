#!/usr/bin/env python3
"""Golden path of conformal PID without a scorecaster, after the authors' own loop (quantile_integrator_log of the paper's
code, Angelopoulos, Candes and Tibshirani 2023): every error is counted from the start at each step, in numpy.

Needs: numpy
Run:   python3 make_conformal_pid.py > ../../../src/models/ensemble/tests/golden/conformal_pid.json
"""
import json

import numpy as np

rng = np.random.default_rng(5)


def mytan(x):
    if x >= np.pi / 2:
        return np.inf
    if x <= -np.pi / 2:
        return -np.inf
    return np.tan(x)


def quantile_integrator_log(scores, alpha, lr, csat, ki, start):
    count = len(scores)
    qs, qts, covered = np.full(count, start), np.full(count, start), np.zeros(count)
    for t in range(count):
        covered[t] = qs[t] >= scores[t]
        grad = alpha if covered[t] else -(1 - alpha)
        steps = t + 1
        argument = (1 - covered)[:steps].sum() - steps * alpha
        if t + 1 < count:
            qts[t + 1] = qts[t] - lr * grad
            qs[t + 1] = qts[t + 1] + ki * mytan(argument * np.log(steps + 1) / (csat * (steps + 1)))
    return qs


cases = []
for alpha, lr, csat, ki, scale in ((0.1, 0.02, 0.64, 1.0, 1.0), (0.1, 0.1, 5.0, 2.0, 3.0), (0.2, 0.05, 0.08, 0.5, 8.0)):
    scores = np.round(np.abs(rng.normal(size=400)) * np.where(np.arange(400) < 200, 1, scale), 6)
    path = quantile_integrator_log(scores, alpha, lr, csat, ki, 1.0)
    cases.append({"alpha": alpha, "rate": lr, "saturation": csat, "integral": ki, "start": 1.0, "scores": scores.tolist(),
                  "quantile": [float(v) if np.isfinite(v) else (1e300 if v > 0 else -1e300) for v in path]})
print(json.dumps({"source": "numpy " + np.__version__, "cases": cases}))
