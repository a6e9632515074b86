"""Milliseconds of the peers: pandas and numpy for rolling(240) correlations of all pairs (argv[1]: rows of 10 doubles), and on
500 x 28 normal values of their own pandas for exponentially weighted correlations, scikit-learn for Ledoit-Wolf."""
import sys
import time

import numpy as np
import pandas as pd
import sklearn
from sklearn.covariance import ledoit_wolf

x = np.fromfile(sys.argv[1]).reshape(-1, 10)
window = 240


def by_pandas():
    return pd.DataFrame(x).rolling(window).corr(pairwise=True)


def by_numpy():
    """Cumulative sums of values and products: what a careful numpy user writes."""
    left, right = np.triu_indices(10, 1)
    z = x - x.mean(axis=0)

    def sums(a):
        c = np.cumsum(a, axis=0)
        c[window:] -= c[:-window].copy()
        return c[window - 1:]

    s, q = sums(z), sums(z * z)
    v = np.sqrt(window * q - s * s)
    return (window * sums(z[:, left] * z[:, right]) - s[:, left] * s[:, right]) / (v[:, left] * v[:, right])


def best(work, times):
    took = []
    for _ in range(times):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return 1e3 * min(took)


small = np.random.default_rng(1).normal(size=(500, 28))
weighted = best(lambda: pd.DataFrame(small).ewm(alpha=0.03).corr(pairwise=True), 2)
print(pd.__version__, best(by_pandas, 2), np.__version__, best(by_numpy, 5), weighted, sklearn.__version__,
      best(lambda: ledoit_wolf(small), 5))
