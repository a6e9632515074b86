#!/usr/bin/env python3
"""Golden rows of the quote features and verdicts on trades, recomputed from the definitions with numpy.

Needs: pip install numpy. Rewrites quotes.csv (made quotes and trades; a trade's expected effective spread in basis points
and side) and quote_rows.csv (the expected rows of M1) of the room's golden folder. Seeded; two runs give the same bytes.
"""
import csv
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[3] / "src/insight/features/tests/golden"
MINUTE, N = 60_000_000_000, 20


def made(rng, rows=1500):
    gaps = (rng.exponential(1.6, rows) * 1e9).astype(np.int64)
    gaps[600] += 400 * 10**9  # some minutes without a quote
    time = np.cumsum(gaps) + 1_514_764_800_000_000_000
    middle = 120_000 + np.cumsum(rng.integers(-3, 4, rows))
    half = rng.integers(1, 6, rows)
    return time, (middle - half) / 1e5, (middle + half) / 1e5, rng.integers(1, 9, rows), rng.integers(1, 9, rows)


def spread(bid, ask):
    return (ask - bid) / ((ask + bid) / 2) * 1e4


def flow(b0, a0, qb0, qa0, b1, a1, qb1, qa1):
    return (b1 >= b0) * qb1 - (b1 <= b0) * qb0 - (a1 <= a0) * qa1 + (a1 >= a0) * qa0


def rows_of(time, bid, ask, qb, qa):
    bars = []
    for start in sorted(set(time // MINUTE * MINUTE)):
        at = np.flatnonzero((time >= start) & (time < start + MINUTE))
        first = at[0]
        # The spread as a step function of time over the bar.
        edges = np.concatenate([[start if first else time[first]], time[at] if first else time[at][1:], [start + MINUTE]])
        held = spread(bid, ask)[np.concatenate([[first - 1], at]) if first else at]
        mean = np.sum(np.diff(edges) * held) / (edges[-1] - edges[0])
        pairs = at[at > 0]
        move = np.log((bid + ask)[pairs] / (bid + ask)[pairs - 1])
        size = (qb + qa)[at]
        order = sum(flow(bid[i - 1], ask[i - 1], qb[i - 1], qa[i - 1], bid[i], ask[i], qb[i], qa[i]) for i in pairs)
        bars.append(dict(time=start, spread_mean=mean, spread_close=spread(bid, ask)[at[-1]],
                         spread_max=spread(bid, ask)[at].max(), quotes=len(at), intensity=len(at) / 60,
                         ups=(move > 1e-12).sum(), downs=(move < -1e-12).sum(), realised_variance=np.sum(move**2),
                         depth_imbalance=np.mean((qb - qa)[at] / size), order_flow=order / np.mean(size / 2),
                         middle=((bid + ask) / 2)[at[-1]]))
    return bars


def finished(bars):
    column = lambda k: np.array([b[k] for b in bars], float)
    ups, downs, middle = column("ups"), column("downs"), column("middle")
    both = np.maximum(ups + downs, 1e-300)
    out = {k: column(k) for k in ("time", "spread_mean", "spread_close", "spread_max", "quotes", "intensity",
                                  "realised_variance", "depth_imbalance", "order_flow")}
    out["tick_imbalance"] = (ups - downs) / both
    full = lambda of: np.array([of(slice(i - N + 1, i + 1)) if i >= N - 1 else np.nan for i in range(len(bars))])
    out["spread_ratio"] = np.log(out["spread_mean"] / full(lambda s: out["spread_mean"][s].mean()))
    out["intensity_ratio"] = np.log(out["quotes"] / full(lambda s: out["quotes"][s].mean()))
    out["vpin_20"] = full(lambda s: np.abs(ups - downs)[s].sum() / (ups + downs)[s].sum())
    move = np.concatenate([[np.nan], np.diff(np.log(middle))])
    slope = lambda s: np.cov(out["order_flow"][s], move[s], bias=True)[0, 1] / np.var(out["order_flow"][s])
    out["kyle_lambda_20"] = np.where(np.arange(len(bars)) >= N, full(lambda s: slope(s)), np.nan)
    return out


def trades(rng, bid, ask):
    """Every third quote is followed by a trade: at a side, inside, or in the middle, where the tick decides."""
    last, tick, rows = None, 0, []
    for i in range(len(bid)):
        if i % 3:
            rows.append(["", "", "", ""])
            continue
        middle = (bid[i] + ask[i]) / 2
        price = [bid[i], ask[i], middle, (ask[i] + middle) / 2][rng.integers(4)]
        if last is not None and price != last:
            tick = 1 if price > last else -1
        last = price
        side = 1 if price > middle else -1 if price < middle else tick
        rows.append([repr(float(price)), int(rng.integers(1, 20)), f"{2 * abs(price - middle) / middle * 1e4:.13g}", side])
    return rows


def main():
    rng = np.random.default_rng(7)
    quotes = made(rng)
    with open(OUT / "quotes.csv", "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow("time bid ask bid_size ask_size price size effective side".split())
        for row, trade in zip(zip(*quotes), trades(rng, quotes[1], quotes[2])):
            writer.writerow([row[0], f"{row[1]:.5f}", f"{row[2]:.5f}", *row[3:], *trade])
    columns = finished(rows_of(*quotes))
    with open(OUT / "quote_rows.csv", "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(columns)
        for i in range(len(columns["time"])):
            writer.writerow(["" if np.isnan(v[i]) else int(v[i]) if k == "time" else f"{v[i]:.13g}" for k, v in columns.items()])
    print(len(quotes[0]), "quotes,", len(columns["time"]), "bars")


if __name__ == "__main__":
    main()
