#!/usr/bin/env python3
"""Golden verdicts of the 61 candlestick patterns by TA-Lib, and their look-backs.

Needs: pip install ta-lib==0.8.2 numpy. Rewrites tests/golden/candlesticks.csv (time-ordered bars made so that every pattern
occurs; column `patterns` holds NAME:NUMBER words) and candle_lookbacks.csv of the room. Seeded; two runs give the same bytes.

Candles are drawn from a few shapes and places so that rare patterns come up, then the stretches around the first
occurrences of each are joined. Prices have nine decimals: a candle as large as its mean to the last digit, where a verdict
would hang on rounding, does not come up; equal opens and closes do.
"""
import csv
import pathlib

import numpy as np
import talib
from talib import abstract

OUT = pathlib.Path(__file__).resolve().parents[3] / "src/insight/features/tests/golden"
NAMES = sorted(n for n in talib.get_functions() if n.startswith("CDL"))
DIGITS = 9


def drawn(rng, rows):
    """Bodies and wicks of many kinds; the next open lies at, in, above or below the last candle."""
    o, h, low, c = ([0.0] * rows for _ in range(4))
    last = (100.0, 101.0, 99.0, 100.5)
    sign = 1
    for i in range(rows):
        lo, lh, ll, lc = last
        sign = sign if rng.random() < 0.6 else -sign
        body = rng.choice([0.0, 0.02, 0.2, 0.5, 1.0, 2.0, 3.5]) * (0.8 + 0.4 * rng.random()) * sign
        place = rng.integers(9)
        top, bottom = max(lo, lc), min(lo, lc)
        open_ = [lc, lo, lc + 0.3 * rng.random(), lc - 0.3 * rng.random(), bottom + (top - bottom) * rng.random(),
                 lh + rng.random(), ll - rng.random(), lh + 0.05, ll - 0.05][place]
        close = open_ + body
        if rng.random() < 0.12:
            close = [lc, lo, lh, ll, (lo + lc) / 2][rng.integers(5)]
        up, down = (rng.choice([0.0, 0.005, 0.1, 0.5, 1.5, 3.0]) * (0.8 + 0.4 * rng.random()) for _ in range(2))
        last = (open_, max(open_, close) + up, min(open_, close) - down, close)
        o[i], h[i], low[i], c[i] = last
        if not 50 < close < 200:
            last = (100.0, 101.0, 99.0, 100.5)
    return [np.round(np.array(x), DIGITS) for x in (o, h, low, c)]


def verdicts(bars):
    return {n: getattr(talib, n)(*bars) for n in NAMES}


def joined(bars, each, before=18, after=4):
    """Stretches around the first `each` occurrences of every pattern and number, in order."""
    keep = np.zeros(len(bars[0]), bool)
    for column in verdicts(bars).values():
        for number in sorted(set(column) - {0}):
            for at in np.flatnonzero(column == number)[:each]:
                keep[max(0, at - before) : at + after] = True
    return [x[keep] for x in bars]


def main():
    rng = np.random.default_rng(61)
    bars = joined(drawn(rng, 400_000), 3)
    found = verdicts(bars)
    with open(OUT / "candlesticks.csv", "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(["open", "high", "low", "close", "patterns"])
        for i, row in enumerate(zip(*bars)):
            words = [f"{n[3:].lower()}:{column[i]}" for n, column in found.items() if column[i]]
            writer.writerow([*(f"{v:.{DIGITS}f}".rstrip("0") for v in row), " ".join(words)])
    with open(OUT / "candle_lookbacks.csv", "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(["pattern", "lookback", "numbers"])
        for n in NAMES:
            numbers = sorted(set(found[n]) - {0})
            writer.writerow([n[3:].lower(), abstract.Function(n).lookback, " ".join(map(str, numbers))])
            print(n, {int(k): int((found[n] == k).sum()) for k in numbers} or "NEVER")
    print(len(bars[0]), "rows")


if __name__ == "__main__":
    main()
