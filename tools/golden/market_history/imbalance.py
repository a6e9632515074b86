#!/usr/bin/env python3
"""Tick imbalance bars of a made-up walk by a plain reading of the definition, to compare event_bars.cpp with:
Lopez de Prado, Advances in Financial Machine Learning (2018), section 2.3.2.1, with the expectations and bounds that
event_bars.hpp states. Prints ticks `bid ask` in points and, after a line `bars`, `ticks imbalance` of each bar.
Usage: imbalance.py > src/market/history/tests/golden/imbalance.txt"""
COUNT = 40


def walk(rows):
    state, bid = 12345, 110000
    for _ in range(rows):
        state = (state * 1103515245 + 12345) % 2**31
        step = (state >> 16) % 10
        bid += 1 if step < 4 else -1 if step < 7 else 0
        state = (state * 1103515245 + 12345) % 2**31
        yield bid, bid + 5 + (state >> 16) % 3


def signs(ticks):
    out, last, before = [], 0, None
    for bid, ask in ticks:
        if before is not None and bid + ask != before:
            last = 1 if bid + ask > before else -1
        before = bid + ask
        out.append(last)
    return out


def bars(b):
    made, start, expected_sign = [], 0, 0.0
    means = []
    for sign in b:
        expected_sign += 2.0 / (COUNT + 1.0) * (sign - expected_sign)
        means.append(expected_sign)
    length = float(COUNT)
    while True:
        limit = None if not made else length * abs(means[start - 1])
        end = None
        for t in range(start + 1, len(b) + 1):
            size, theta = t - start, sum(b[start:t])
            if limit is None:
                done = size >= COUNT
            else:
                done = size >= COUNT * 10 or (size * 10 >= COUNT and abs(theta) >= limit)
            if done:
                end = t
                break
        if end is None:
            return made
        if made:
            length += 2.0 / 21.0 * ((end - start) - length)
        made.append((end - start, sum(b[start:end])))
        start = end


ticks = list(walk(2000))
for bid, ask in ticks:
    print(bid, ask)
print("bars")
for size, theta in bars(signs(ticks)):
    print(size, theta)
