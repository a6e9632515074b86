#!/usr/bin/env python3
"""Golden values for models/ensemble from scikit-learn: isotonic, Platt-like, beta and Venn-Abers calibration, ridge stack.

Needs: pip install numpy scikit-learn
Run:   python3 make_calibration.py > ../../../src/models/ensemble/tests/golden/calibration.json
"""
import json

import numpy as np
import sklearn
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(7)


def sample(n, slope, shift, decimals):
    true = rng.normal(0, 1, n)
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-true))).astype(int)
    score = np.round(slope * true + shift + rng.normal(0, 0.3, n), decimals)
    return score, y


def venn_abers(score, y, x):
    """Brute force: one scikit-learn isotonic fit per query and label."""
    out = []
    for value in x:
        pair = []
        for label in (0, 1):
            fit = IsotonicRegression(y_min=0, y_max=1).fit(np.append(score, value), np.append(y, label))
            pair.append(float(fit.predict([value])[0]))
        out.append(pair)
    return out


def softplus(z):
    return np.logaddexp(0, z)


def beta(score, y):
    """Bounded quasi-Newton on the same likelihood; no shared code with the product's Newton on faces."""
    lp, lq = -softplus(-score), softplus(score)

    def loss(t):
        z = t[0] * lp + t[1] * lq + t[2]
        q = 1 / (1 + np.exp(-z)) - y
        return np.mean(softplus(z) - y * z), np.array([np.mean(q * lp), np.mean(q * lq), np.mean(q)])

    best = min((minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)],
                         options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 10000})
                for start in ([1, 1, 0], [0.1, 2, 0], [2, 0.1, 0])), key=lambda r: r.fun)
    return best.x.tolist(), float(best.fun)


cases = []
for name, n, slope, shift, decimals in (("overconfident", 400, 2.5, 0.4, 6), ("ties", 300, 1.0, 0.0, 1),
                                        ("timid", 250, 0.3, -1.0, 6), ("reversed", 200, -0.6, 0.2, 6)):
    score, y = sample(n, slope, shift, decimals)
    x = np.round(np.concatenate([rng.uniform(score.min() - 1, score.max() + 1, 20), score[:10]]), 6)
    iso = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(score, y)
    # The calibrator has seen one row more at either end that contradicts it.
    wary = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(np.append(score, [score.min(), score.max()]), np.append(y, [1, 0]))
    parameters, beta_loss = beta(score, y)
    cases.append({"name": name, "score": score.tolist(), "y": y.tolist(), "x": x.tolist(),
                  "isotonic": iso.predict(score).tolist(), "isotonic_at_x": wary.predict(x).tolist(),
                  "venn_abers": venn_abers(score, y, x), "beta": parameters, "beta_log_loss": beta_loss})

z = rng.normal(0, 1, (500, 3))
z[:, 2] = 0.8 * z[:, 1] + 0.2 * z[:, 2]
y = (rng.uniform(size=500) < 1 / (1 + np.exp(-(0.3 + z @ np.array([0.7, -0.2, 0.5]))))).astype(int)
w = rng.uniform(0.2, 2, 500)
fit = LogisticRegression(C=1 / 3.0, tol=1e-12, max_iter=10000).fit(z, y, sample_weight=w)
stack = {"x": z.tolist(), "y": y.tolist(), "weight": w.tolist(), "ridge": 3.0,
         "intercept": float(fit.intercept_[0]), "coefficient": fit.coef_[0].tolist()}
print(json.dumps({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": cases, "stack": stack}))
