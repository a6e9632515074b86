#!/usr/bin/env python3
"""Prints how far the indicators are from TA-Lib and from the exact recomputations, as the table of docs/features.md.

  tools/golden/features/agreement.py [PATH_OF_aitrading]

Runs `aitrading indicators compute` over the golden series of the room (made by make.py and candlesticks.py) and compares
every column there. A deviation is the worst |ours - theirs| over the larger of |theirs| and the column's median magnitude
(its largest where the median is 0), of all series, parameters and outputs of an indicator; the tolerance is 1e-8. Where an
exact column exists it decides, and TA-Lib's own distance from ours is shown beside it. Exits with 1 beyond the tolerance.
"""
import collections
import csv
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "src/insight/features/tests/golden"
TOLERANCE = 1e-8


def table(path):
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def numbers(cells):
    return [float(c) if c else math.nan for c in cells]


def iso(hour):
    return f"1970-{1 + hour // 24 // 28:02d}-{1 + hour // 24 % 28:02d}T{hour % 24:02d}:00:00Z"


def computed(binary, golden, asked):
    """Our columns over the golden bars, which are hourly."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder) / "bars.csv", pathlib.Path(folder) / "out.csv"
        fields = [k for k in ("open", "high", "low", "close", "volume") if k in golden]
        with open(source, "w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(["time", *fields])
            writer.writerows([iso(i), *row] for i, row in enumerate(zip(*(golden[k] for k in fields))))
        subprocess.run([binary, "indicators", "compute", "--input", source, "--out", out, "--indicator", *asked], check=True,
                       stdout=subprocess.DEVNULL)
        return table(out)


def deviation(ours, theirs):
    known = [abs(v) for v in theirs if v == v]
    usual = (statistics.median_high(known) or max(known)) if known else 0
    if known and usual <= 1e-30:
        usual = max(known)
    worst = 0.0
    for a, b in zip(ours, theirs):
        if (a == a) != (b == b):
            return math.inf
        if a == a and a != b:
            worst = max(worst, abs(a - b) / max(abs(b), usual, 1e-300))
    return worst


def indicator(column):
    return column.split("(")[0].split(".")[0]


def patterns(binary):
    golden = table(GOLDEN / "candlesticks.csv")
    graded = {"engulfing", "harami", "haramicross", "hikkake", "hikkakemod"}
    names = table(GOLDEN / "candle_lookbacks.csv")["pattern"]
    asked = {n: f"cdl_{n}(1)" if n in graded else f"cdl_{n}" for n in names}
    ours = computed(binary, golden, asked.values())
    expected = [dict(word.split(":") for word in row.split()) for row in golden["patterns"]]
    wrong = sum(float(ours[asked[n]][i] or 0) != float(row.get(n, 0)) for n in names for i, row in enumerate(expected))
    return len(names), wrong, len(names) * len(expected)


def cell(values, key):
    return "" if key not in values else "0" if values[key] == 0 else f"{values[key]:.1e}"


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/src/apps/aitrading/aitrading")
    talib, exact, judged = {}, {}, collections.OrderedDict()
    for series in ("walk", "flat", "level", "steps"):
        golden = table(GOLDEN / f"{series}.csv")
        asked = list(dict.fromkeys(k.removeprefix("exact ") for k in list(golden)[5:]))
        ours = computed(binary, golden, asked)
        for name in asked:
            mine, key = numbers(ours[name]), indicator(name)
            for source, into in ((f"exact {name}", exact), (name, talib)):
                if source in golden:
                    into[key] = max(into.get(key, 0), deviation(mine, numbers(golden[source])))
            decisive = golden.get(f"exact {name}", golden.get(name))
            judged[key] = max(judged.get(key, 0), deviation(mine, numbers(decisive)))
    names = list(judged)
    print("| indicator | TA-Lib | exact | indicator | TA-Lib | exact | indicator | TA-Lib | exact |")
    print("|---|---|---|---|---|---|---|---|---|")
    height = -(-len(names) // 3)
    for i in range(height):
        row = [names[k] if k < len(names) else "" for k in (i, i + height, i + 2 * height)]
        print("| " + " | ".join(f"{n and f'`{n}`'} | {cell(talib, n)} | {cell(exact, n)}" for n in row) + " |")
    count, wrong, all_verdicts = patterns(binary)
    print(f"\n{len(names)} indicators: worst deviation from what decides {max(judged.values()):.1e} (tolerance {TOLERANCE:.0e}). "
          f"{count} candlestick patterns: {wrong} of {all_verdicts:,} verdicts differ from TA-Lib's.")
    return 1 if wrong or max(judged.values()) > TOLERANCE else 0


if __name__ == "__main__":
    sys.exit(main())
