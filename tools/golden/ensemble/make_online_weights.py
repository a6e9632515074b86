#!/usr/bin/env python3
"""Golden values of online weights (models/ensemble) by other means than the product's recursions: fixed share as the exact
Bayesian mixture over ALL paths of best members (K^T of them, enumerated), BOA as plain products in 50-digit decimals.

Needs: numpy
Run:   python3 make_online_weights.py > ../../../src/models/ensemble/tests/golden/online_weights.json
"""
import itertools
import json
from decimal import Decimal, getcontext

import numpy as np

getcontext().prec = 50
rng = np.random.default_rng(11)
LEAST = 1e-3


def floored(p, floor):
    """What each floored member says: (1 - n f) p_k + f sum p; None where it sleeps."""
    awake = [v for v in p if v is not None]
    clip = [min(max(v, LEAST), 1 - LEAST) for v in awake]
    rest, total = 1 - floor * len(awake), sum(clip)
    said = iter([rest * c + floor * total for c in clip])
    return [None if v is None else next(said) for v in p]


def with_floor(share, p, floor):
    awake = [k for k, v in enumerate(p) if v is not None]
    total = sum(share[k] for k in awake)
    return [floor + (1 - floor * len(awake)) * share[k] / total if k in awake else 0 * total for k in range(len(p))]


def fixed_share(p, y, rate, share, floor, delay):
    """Weights before each bar t from outcomes up to t - 1 - delay: the chance of each member to be the path's at t."""
    members, bars, out = len(p[0]), len(p), []
    for t in range(bars):
        known = max(0, t - delay)
        paths = np.array(list(itertools.product(range(members), repeat=t + 1)))
        weight = np.full(len(paths), 1 / members)
        for s in range(1, t + 1):
            same = paths[:, s] == paths[:, s - 1]
            weight *= np.where(same, 1 - share + share / members, share / members)
        # The outcomes in turn: a member that sleeps suffers what the waking ones suffer on average.
        for s in range(known):
            vertex = floored(p[s], floor)
            like = [None if v is None else (v if y[s] else 1 - v) ** rate for v in vertex]
            mass = [weight[paths[:, s] == k].sum() for k in range(members)]
            awake = [k for k in range(members) if like[k] is not None]
            mean = sum(mass[k] * like[k] for k in awake) / sum(mass[k] for k in awake)
            weight *= np.array([mean if v is None else v for v in like])[paths[:, s]]
        mass = [weight[paths[:, t] == k].sum() for k in range(members)]
        out.append([float(v) for v in with_floor(mass, p[t], floor)])
    return out


def boa(p, y, floor):
    """Bernstein online aggregation with a rate for each member, undelayed."""
    members = len(p[0])
    f = Decimal(str(floor))
    exact = [[None if v is None else Decimal(repr(v)) for v in row] for row in p]
    log_members = Decimal(members).ln()
    weight, eta, squares, widest, out = [1 / Decimal(members)] * members, [None] * members, [Decimal(0)] * members, Decimal(0), []
    for said, outcome in zip(exact, y):
        awake = [k for k in range(members) if said[k] is not None]
        raw = [(eta[k] if widest > 0 else 1) * weight[k] for k in range(members)]
        total = sum(raw[k] for k in awake)
        pure = [raw[k] / total if k in awake else Decimal(0) for k in range(members)]
        rest = 1 - f * len(awake)
        out.append([float(f + rest * pure[k]) if k in awake else 0.0 for k in range(members)])
        clip = {k: min(max(said[k], Decimal(repr(LEAST))), 1 - Decimal(repr(LEAST))) for k in awake}
        vertex = {k: rest * clip[k] + f * sum(clip.values()) for k in awake}
        right = {k: v if outcome else 1 - v for k, v in vertex.items()}
        mixed = sum(pure[k] * right[k] for k in awake)
        r = [right[k] / mixed - 1 if k in awake else Decimal(0) for k in range(members)]
        now = max(widest, max(abs(v) for v in r))
        for k in range(members):
            cut = r[k] * widest / now
            squares[k] += cut * cut
            cap = 1 / (2 * now)
            next_eta = cap if squares[k] == 0 else min(cap, (log_members / squares[k]).sqrt())
            if widest > 0:
                grown = weight[k] * (eta[k] * cut - (eta[k] * cut) ** 2).exp()
                weight[k] = (grown.ln() * next_eta / eta[k]).exp()
            eta[k] = next_eta
        widest = now
    return out


def stream(bars, members, holes):
    p = np.round(rng.uniform(0.02, 0.98, (bars, members)), 4).tolist()
    for t, k in holes:
        p[t][k] = None
    return p, [int(v) for v in rng.uniform(size=bars) < 0.5]


cases = []
for rate, share, floor, delay, holes in ((1.0, 0.05, 0.01, 0, []), (0.5, 0.2, 0.02, 0, [(2, 1), (5, 0), (5, 2)]),
                                         (1.0, 0.1, 0.01, 3, [(4, 2)])):
    p, y = stream(9, 3, holes)
    cases.append({"rule": "fixed_share", "rate": rate, "share": share, "floor": floor, "delay": delay, "p": p, "y": y,
                  "weights": fixed_share(p, y, rate, share, floor, delay)})
for floor, holes in ((0.01, []), (0.02, [(7, 3), (8, 0), (8, 1), (20, 4)])):
    p, y = stream(60, 5, holes)
    p[30][2], y[30] = 0.001, 1  # a surprise that widens the range
    cases.append({"rule": "boa", "rate": 1.0, "share": 0.002, "floor": floor, "delay": 0, "p": p, "y": y,
                  "weights": boa(p, y, floor)})
print(json.dumps({"source": "numpy " + np.__version__ + ", decimal", "cases": cases}))
