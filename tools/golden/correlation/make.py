#!/usr/bin/env python3
"""Golden numbers of insight/correlation's matrices and breaks by other hands: pandas (rolling), scikit-learn (shrinkage),
arch (GARCH margins), and numpy/scipy written from the papers (DCC likelihood, nearest correlation by the dual, CUSUM).

  python make.py ML-VECTORS.JSON    needs pandas<2.3 numpy<2 scikit-learn scipy arch==8.0.0
writes vectors.json, rolling.json, shrinkage.json, nearest.json, dcc.json, breaks.json"""
import json
import math
import os
import sys

import numpy as np
import pandas as pd
import scipy.linalg
import scipy.optimize
import scipy.special
from arch import arch_model
from sklearn.covariance import OAS, LedoitWolf

ROOM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../src/insight/correlation/tests/golden")


def plain(x):
    """Lists for json; NaN becomes null."""
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    if isinstance(x, list):
        return [plain(v) for v in x]
    return None if isinstance(x, float) and math.isnan(x) else x


def rolling():
    random = np.random.default_rng(3)
    x = random.normal(size=(160, 4)) + 0.8 * random.normal(size=(160, 1))
    x[random.uniform(size=x.shape) < 0.06] = np.nan
    x[:, 0] = np.where(np.isnan(x[:, 0]), 0.1, x[:, 0])
    x[90:, 3] = np.nan  # stops
    x = np.round(x, 6)
    out = {"source": "pandas " + pd.__version__, "x": plain(x)}
    for name, window, least in (("window_30_min_12", 30, 12), ("window_50", 50, 50)):
        frame = pd.DataFrame(x)
        columns = [frame[i].rolling(window, min_periods=least).corr(frame[j]) for i in range(1, 4) for j in range(i)]
        out[name] = plain(np.array(columns).T)
    return out


def shrinkage():
    random = np.random.default_rng(5)
    n, p, factors = 60, 20, 3
    x = random.normal(size=(n, factors)) @ random.normal(size=(factors, p)) + random.normal(size=(n, p)) * np.linspace(0.5, 2, p)
    x = np.round(x, 6)
    lw, oas = LedoitWolf().fit(x), OAS().fit(x)
    c = np.corrcoef(x.T)
    values, vectors = np.linalg.eigh(c)
    edge = (1 + math.sqrt(p / n)) ** 2
    low = values <= edge
    flat = values.copy()
    flat[low] = values[low].mean()
    d = vectors @ np.diag(flat) @ vectors.T
    d = d / np.sqrt(np.outer(np.diag(d), np.diag(d)))
    return {"source": "scikit-learn, numpy", "x": plain(x), "lw_shrinkage": lw.shrinkage_, "lw_cov": plain(lw.covariance_),
            "oas_shrinkage": oas.shrinkage_, "oas_cov": plain(oas.covariance_), "edge": edge, "signals": int((~low).sum()),
            "denoised": plain(d)}


def nearest_by_dual(g):
    """min over y of |(G + diag y)+|^2 / 2 - sum y (Malick 2004); the nearest correlation matrix is (G + diag y)+."""
    def positive(y):
        values, vectors = scipy.linalg.eigh(g + np.diag(y))
        return (vectors * np.maximum(values, 0)) @ vectors.T

    def dual(y):
        p = positive(y)
        return 0.5 * np.sum(p * p) - y.sum(), np.diag(p) - 1

    best = scipy.optimize.minimize(dual, 1 - np.diag(g), jac=True, method="L-BFGS-B",
                                   options={"gtol": 1e-12, "ftol": 1e-18, "maxiter": 20000, "maxfun": 50000})
    p = positive(best.x)
    return p / np.sqrt(np.outer(np.diag(p), np.diag(p)))


def nearest():
    random = np.random.default_rng(8)
    n = 12
    x = random.normal(size=(15, n)) + random.normal(size=(15, 1))
    x[random.uniform(size=x.shape) < 0.3] = np.nan
    g = pd.DataFrame(x).corr(min_periods=3).to_numpy()
    g = np.round((g + g.T) / 2, 6)
    assert np.linalg.eigvalsh(g)[0] < -0.05
    return {"source": "dual by scipy's L-BFGS-B", "g": plain(g), "nearest": plain(nearest_by_dual(g))}


def dcc_nll(parameters, e, qbar):
    a, b = parameters
    if a < 0 or b < 0 or a + b >= 1:
        return 1e300
    q, total = qbar.copy(), 0.0
    for row in e:
        d = np.sqrt(np.diag(q))
        r = q / np.outer(d, d)
        total += np.linalg.slogdet(r)[1] + row @ np.linalg.solve(r, row) - row @ row
        q = (1 - a - b) * qbar + a * np.outer(row, row) + b * q
    return 0.5 * total


def dcc():
    """Simulated from a DCC(1,1) of GARCH(1,1) margins; margins fitted by arch, a and b by scipy on arch's residuals."""
    random = np.random.default_rng(12)
    k, rows, a, b = 4, 1200, 0.04, 0.94
    qbar = np.array([[1, .6, .3, -.2], [.6, 1, .4, .1], [.3, .4, 1, 0], [-.2, .1, 0, 1]])
    q, variance, x = qbar.copy(), np.ones(k), []
    omega, alpha, beta = np.array([.02, .05, .1, .03]), np.array([.05, .08, .12, .06]), np.array([.93, .88, .8, .91])
    for _ in range(rows):
        d = np.sqrt(np.diag(q))
        e = np.linalg.cholesky(q / np.outer(d, d)) @ random.normal(size=k)
        r = np.sqrt(variance) * e
        x.append(r + 0.02)
        variance = omega + alpha * r * r + beta * variance
        q = (1 - a - b) * qbar + a * np.outer(e, e) + b * q
    x = np.round(np.array(x), 6)
    margins, standard = [], []
    for j in range(k):
        fit = arch_model(x[:, j], mean="Constant", vol="GARCH", p=1, q=1, dist="normal", rescale=False).fit(
            disp="off", tol=1e-12, options={"maxiter": 2000})
        margins.append({"mu": fit.params["mu"], "omega": fit.params["omega"], "alpha": fit.params["alpha[1]"],
                        "beta": fit.params["beta[1]"], "log_likelihood": fit.loglikelihood,
                        "next_variance": float(fit.forecast(horizon=1).variance.iloc[-1, 0])})
        standard.append(fit.resid / fit.conditional_volatility)
    e = np.array(standard).T
    target = e.T @ e / rows
    best = scipy.optimize.minimize(dcc_nll, [0.05, 0.9], args=(e, target), method="Nelder-Mead",
                                   options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": 2000})
    a_hat, b_hat = best.x
    q = target.copy()
    for row in e:
        q = (1 - a_hat - b_hat) * target + a_hat * np.outer(row, row) + b_hat * q
    d = np.sqrt(np.diag(q))
    return {"source": "arch " + __import__("arch").__version__ + ", scipy", "x": plain(x), "margins": margins,
            "a": a_hat, "b": b_hat, "correlation_log_likelihood": -best.fun, "next_correlation": plain(q / np.outer(d, d)),
            "log_likelihood_at_0.05_0.9": -dcc_nll([0.05, 0.9], e, target)}


def cusum(x, y):
    """Wied, Kraemer, Dehling 2012: long-run covariance of (x^2, y^2, x, y, xy) by the Bartlett kernel with [log T], carried
    to the correlation by the gradient in the five moments."""
    t = len(x)
    u = np.column_stack([x * x, y * y, x, y, x * y])
    m = u.mean(axis=0)
    v = u - m
    lags = int(math.log(t))
    long_run = v.T @ v / t
    for lag in range(1, lags + 1):
        g = v[lag:].T @ v[:-lag] / t
        long_run += (1 - lag / lags) * (g + g.T)

    def rho(moments):
        xx, yy, mx, my, xy = moments
        return (xy - mx * my) / math.sqrt((xx - mx * mx) * (yy - my * my))

    gradient = np.array([(rho(m + h) - rho(m - h)) / 2e-6 for h in 1e-6 * np.eye(5)])
    scale = math.sqrt(gradient @ long_run @ gradient)
    whole = np.corrcoef(x, y)[0, 1]
    path = np.array([0, 0] + [j / math.sqrt(t) * abs(np.corrcoef(x[:j], y[:j])[0, 1] - whole) for j in range(3, t + 1)])
    statistic = path.max() / scale
    return {"statistic": statistic, "at": int(path.argmax()) + 1,  # rows before the break: path[j - 1] belongs to j rows
             "scale": scale, "p": float(scipy.special.kolmogorov(statistic))}


def breaks():
    random = np.random.default_rng(21)
    out = {"source": "numpy from the paper; p by scipy.special.kolmogorov", "cases": []}
    for late in (0.6, 0.0):
        rho = np.where(np.arange(300) < 180, 0.6, late)
        x = random.standard_t(6, size=300)
        y = rho * x + np.sqrt(1 - rho ** 2) * random.standard_t(6, size=300)
        x, y = np.round(x, 6), np.round(y, 6)
        r1, r2 = np.corrcoef(x[:180], y[:180])[0, 1], np.corrcoef(x[180:], y[180:])[0, 1]
        z = (math.atanh(r1) - math.atanh(r2)) / math.sqrt(1 / 177 + 1 / 117)
        out["cases"].append({"x": plain(x), "y": plain(y), "cusum": cusum(x, y),
                             "fisher": {"r1": r1, "r2": r2, "z": z, "p": math.erfc(abs(z) / math.sqrt(2))}})
    return out


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        given = {v["id"]: v for v in json.load(f)["vectors"] if v["topic"] == "correlation"}
    os.makedirs(ROOM, exist_ok=True)
    for name, made in (("vectors", given), ("rolling", rolling()), ("shrinkage", shrinkage()), ("nearest", nearest()),
                       ("dcc", dcc()), ("breaks", breaks())):
        with open(os.path.join(ROOM, name + ".json"), "w", encoding="utf-8") as f:
            json.dump(made, f, separators=(",", ":"))
            f.write("\n")


if __name__ == "__main__":
    main()
