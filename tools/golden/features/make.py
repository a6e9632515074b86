#!/usr/bin/env python3
"""Golden values of the indicators: TA-Lib's own, and recomputations in exact or 40-digit arithmetic.

Needs: pip install ta-lib==0.8.2 numpy mpmath. Run from anywhere: make.py; it rewrites src/insight/features/tests/golden/.
Each file is one made-up series: open, high, low, close, volume, then a column per indicator as TA-Lib gives it, then
columns "exact NAME" computed here from the definition without TA-Lib: rational sums for windows, mpmath for recursions.
Where both exist the exact one decides. Everything is seeded; two runs give the same bytes.
"""
import csv
import pathlib
from fractions import Fraction

import mpmath
import numpy as np
import talib
import wider

mpmath.mp.dps = 40
NAN = float("nan")
OUT = pathlib.Path(__file__).resolve().parents[3] / "src/insight/features/tests/golden"


# ---- series -------------------------------------------------------------------------------------------------------
def candles(close, rng, digits, wick):
    """Bars around a path of closes: opens near the last close, wicks of random length, on a grid of decimals."""
    opens = np.concatenate([[close[0]], close[:-1]]) + wick * 0.2 * rng.standard_normal(len(close))
    high = np.maximum(opens, close) + wick * rng.random(len(close))
    low = np.minimum(opens, close) - wick * rng.random(len(close))
    return [np.round(x, digits) for x in (opens, high, low, close)]


def walk():
    rng = np.random.default_rng(20190531)
    sigma = 5e-4 * np.exp(np.cumsum(0.1 * rng.standard_normal(300)) * 0.3)
    close = np.round(1.12 * np.exp(np.cumsum(sigma * rng.standard_normal(300))), 5)
    return *candles(close, rng, 5, 4e-4), np.floor(rng.lognormal(7, 0.6, 300))


def flat():
    """Moves, stands still for 70 bars (every price the same, no volume), moves, stands still again."""
    rng = np.random.default_rng(2)
    close = np.round(0.7 + np.cumsum(3e-4 * rng.standard_normal(170)), 5)
    close[40:110] = close[40]
    close[140:] = close[140]
    o, h, low, c = candles(close, rng, 5, 2e-4)
    volume = np.floor(rng.lognormal(5, 0.5, 170))
    for a, b in ((40, 110), (140, 170)):
        o[a:b] = h[a:b] = low[a:b] = c[a:b] = close[a]
        volume[a:b] = 0
    return o, h, low, c, volume


def level():
    """A huge level with tiny moves: naive sums of squares lose every digit."""
    rng = np.random.default_rng(3)
    close = np.round(1e7 + np.cumsum(0.003 * rng.standard_normal(150)), 3)
    return *candles(close, rng, 3, 0.004), np.floor(rng.lognormal(12, 1, 150))


def steps():
    """Jumps by a factor of thousands and back, with small noise between."""
    rng = np.random.default_rng(4)
    close = np.repeat([1.0, 5000.0, 1.0, 0.001, 20.0, 1.0], 30) * (1 + 1e-4 * rng.standard_normal(180))
    return *candles(np.round(close, 6), rng, 6, 0.0), np.floor(rng.lognormal(5, 2, 180))


SERIES = {"walk": walk, "flat": flat, "level": level, "steps": steps}


# ---- exact recomputations -----------------------------------------------------------------------------------------
def rational(x):
    return [Fraction(float(v)) for v in x]


def windows(x, n, of):
    """of(window) for every full window of n values, None before."""
    return [None] * (n - 1) + [of(x[i - n + 1 : i + 1]) for i in range(n - 1, len(x))]


def known(values, of):
    """Applies a series transform to the known tail of a column."""
    skip = next((i for i, v in enumerate(values) if v is not None), len(values))
    return [None] * skip + of(values[skip:])


def sma(x, n):
    return windows(x, n, lambda w: sum(w) / n)


def wma(x, n):
    return windows(x, n, lambda w: sum((i + 1) * v for i, v in enumerate(w)) / Fraction(n * (n + 1), 2))


def recursive(x, n, weight):
    out, value = [None] * (n - 1), None
    for i in range(n - 1, len(x)):
        value = sum(mpmath.mpf(to_mp(v)) for v in x[:n]) / n if value is None else value + weight * (to_mp(x[i]) - value)
        out.append(value)
    return out


def to_mp(v):
    return mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v


def ema(x, n):
    return recursive(x, n, mpmath.mpf(2) / (n + 1))


def rma(x, n):
    return recursive(x, n, mpmath.mpf(1) / n)


def variance(x, n):
    def of(w):
        m = sum(w) / n
        return sum((v - m) ** 2 for v in w) / n

    return windows(x, n, of)


def root(v):
    return None if v is None else mpmath.sqrt(to_mp(v))


def line(x, n, ahead):
    """Least squares through (0, oldest) … (n-1, newest): slope, or the line `ahead` bars after the newest."""

    def of(w):
        centre = Fraction(n - 1, 2)
        mean = sum(w) / n
        slope = sum((i - centre) * v for i, v in enumerate(w)) / Fraction(n * (n * n - 1), 12)
        return slope if ahead is None else mean + slope * (centre + ahead)

    return windows(x, n, of)


def combine(of, *columns):
    return [None if any(v is None for v in row) else of(*row) for row in zip(*columns)]


def zlema(x, n):
    lag = (n - 1) // 2
    return known([None] * lag + [2 * x[i] - x[i - lag] for i in range(lag, len(x))], lambda v: ema(v, n))


def hma(x, n):
    raw = combine(lambda a, b: 2 * a - b, wma(x, n // 2), wma(x, n))
    return known(raw, lambda v: wma(v, int(n**0.5)))


def cci(bars, n):
    def of(w):
        m = sum(w) / n
        spread = sum(abs(v - m) for v in w) / n
        return Fraction(0) if spread == 0 else (w[-1] - m) / (Fraction(15, 1000) * spread)

    return windows(bars["typical"], n, of)


def vwma(bars, n):
    pairs = list(zip(bars["close"], bars["volume"]))
    return windows(pairs, n, lambda w: sum(c * v for c, v in w) / sum(v for _, v in w) if any(v for _, v in w) else None)


def kama(x, n):
    fast, slow = mpmath.mpf(2) / 3, mpmath.mpf(2) / 31
    out, value = [None] * n, to_mp(x[n - 1])
    for i in range(n, len(x)):
        path = sum(abs(x[j] - x[j - 1]) for j in range(i - n + 1, i + 1))
        move = x[i] - x[i - n]
        efficiency = 1 if path <= move or path < 1e-14 else to_mp(abs(move) / path)
        weight = (efficiency * (fast - slow) + slow) ** 2
        value += weight * (to_mp(x[i]) - value)
        out.append(value)
    return out


def mfi(bars, n):
    t = bars["typical"]
    flow = [(a - b, a * v) for a, b, v in zip(t[1:], t, bars["volume"][1:])]

    def of(w):
        up, down = sum(f for d, f in w if d > 0), sum(f for d, f in w if d < 0)
        return Fraction(0) if up + down < 1 else 100 * up / (up + down)

    return [None] + windows(flow, n, of)


def ultosc(bars, a, b, c):
    close, high, low = bars["close"], bars["high"], bars["low"]
    rows = []
    for i in range(1, len(close)):
        floor = min(low[i], close[i - 1])
        rows.append((close[i] - floor, max(high[i], close[i - 1]) - floor))

    def of(w):
        total = Fraction(0)
        for weight, n in ((4, a), (2, b), (1, c)):
            part, whole = sum(p for p, _ in w[-n:]), sum(r for _, r in w[-n:])
            total += weight * part / whole if whole else 0
        return 100 * total / 7

    return [None] + windows(rows, max(a, b, c), of)


def minus(columns_a, columns_b, of=lambda a, b: a - b):
    return combine(of, columns_a, columns_b)


def exact_columns(o, h, low, c, v):
    bars = {"open": rational(o), "high": rational(h), "low": rational(low), "close": rational(c), "volume": rational(v)}
    # The typical price is rounded to a double as in every implementation; what is judged is the indicator on it.
    bars["typical"] = rational((h + low + c) / 3.0)
    x = bars["close"]
    deviation = [root(s) for s in variance(x, 20)]
    yield "sma(10)", sma(x, 10)
    yield "wma(10)", wma(x, 10)
    yield "ema(10)", ema(x, 10)
    yield "rma(14)", rma(x, 14)
    yield "hma(9)", hma(x, 9)
    yield "hma(16)", hma(x, 16)
    yield "zlema(20)", zlema(x, 20)
    yield "zlema(9)", zlema(x, 9)
    yield "vwma(20)", vwma(bars, 20)
    yield "kama(10)", kama(x, 10)
    yield "cci(14)", cci(bars, 14)
    yield "mfi(14)", mfi(bars, 14)
    yield "ultosc(7,14,28)", ultosc(bars, 7, 14, 28)
    yield "variance(5)", variance(x, 5)
    yield "stddev(5,1)", [root(s) for s in variance(x, 5)]
    yield "stddev(20,2)", [None if d is None else 2 * d for d in deviation]
    yield "linreg(14)", line(x, 14, 0)
    yield "linreg_slope(14)", line(x, 14, None)
    yield "tsf(14)", line(x, 14, 1)
    yield "linreg_slope(30)", line(x, 30, None)
    yield "bollinger(20,2).upper", minus(sma(x, 20), deviation, lambda m, d: to_mp(m) + 2 * d)
    yield "bollinger(20,2).middle", sma(x, 20)
    yield "bollinger(20,2).lower", minus(sma(x, 20), deviation, lambda m, d: to_mp(m) - 2 * d)
    fast = [None] * 14 + ema(x[14:], 12)
    macd = minus(fast, ema(x, 26))
    signal = known(macd, lambda m: ema(m, 9))
    yield "macd(12,26,9).line", combine(lambda m, _: m, macd, signal)
    yield "macd(12,26,9).signal", signal
    yield "macd(12,26,9).histogram", minus(macd, signal)
    yield "apo(12,26,1)", minus(ema(x, 12), ema(x, 26))
    yield "ppo(12,26,1)", minus(ema(x, 12), ema(x, 26), lambda a, b: (a - b) / b * 100)
    triple = known(known(ema(x, 12), lambda e: ema(e, 12)), lambda e: ema(e, 12))
    yield "trix(12)", minus(triple, [None] + triple[:-1], lambda now, last: (now / last - 1) * 100)
    yield "apo(12,26,0)", minus(sma(x, 12), sma(x, 26))
    yield "ppo(12,26,0)", minus(sma(x, 12), sma(x, 26), lambda a, b: (a - b) / b * 100)


# ---- TA-Lib -------------------------------------------------------------------------------------------------------
def talib_columns(o, h, low, c, v):
    t = talib
    for n in (3, 10, 14, 30):
        yield f"sma({n})", t.SMA(c, n)
        yield f"ema({n})", t.EMA(c, n)
        yield f"wma({n})", t.WMA(c, n)
    yield "dema(10)", t.DEMA(c, 10)
    yield "tema(10)", t.TEMA(c, 10)
    yield "trima(10)", t.TRIMA(c, 10)
    yield "trima(15)", t.TRIMA(c, 15)
    yield "kama(10)", t.KAMA(c, 10)
    yield "t3(5,0.7)", t.T3(c, 5, 0.7)
    yield "midpoint(14)", t.MIDPOINT(c, 14)
    yield "midprice(14)", t.MIDPRICE(h, low, 14)
    yield "rsi(14)", t.RSI(c, 14)
    yield "rsi(5)", t.RSI(c, 5)
    yield "cmo(14)", t.CMO(c, 14)
    yield "roc(10)", t.ROC(c, 10)
    yield "momentum(10)", t.MOM(c, 10)
    yield "willr(14)", t.WILLR(h, low, c, 14)
    yield "cci(14)", t.CCI(h, low, c, 14)
    yield "mfi(14)", t.MFI(h, low, c, v, 14)
    yield "obv", t.OBV(c, v)
    yield "ad", t.AD(h, low, c, v)
    yield "adosc(3,10)", t.ADOSC(h, low, c, v, 3, 10)
    yield "trix(12)", t.TRIX(c, 12)
    yield "ultosc(7,14,28)", t.ULTOSC(h, low, c, 7, 14, 28)
    yield "apo(12,26,0)", t.APO(c, 12, 26, 0)
    yield "apo(12,26,1)", t.APO(c, 12, 26, 1)
    yield "ppo(12,26,0)", t.PPO(c, 12, 26, 0)
    yield "ppo(12,26,1)", t.PPO(c, 12, 26, 1)
    yield "natr(14)", t.NATR(h, low, c, 14)
    yield "atr(14)", t.ATR(h, low, c, 14)
    yield "true_range", t.TRANGE(h, low, c)
    yield "adx(14)", t.ADX(h, low, c, 14)
    yield "adxr(14)", t.ADXR(h, low, c, 14)
    yield "dx(14)", t.DX(h, low, c, 14)
    yield "plus_di(14)", t.PLUS_DI(h, low, c, 14)
    yield "minus_di(14)", t.MINUS_DI(h, low, c, 14)
    yield "psar(0.02,0.2)", t.SAR(h, low, 0.02, 0.2)
    yield "stddev(5,1)", t.STDDEV(c, 5, 1)
    yield "stddev(20,2)", t.STDDEV(c, 20, 2)
    yield "variance(5)", t.VAR(c, 5, 1)
    yield "linreg(14)", t.LINEARREG(c, 14)
    yield "linreg_slope(14)", t.LINEARREG_SLOPE(c, 14)
    yield "tsf(14)", t.TSF(c, 14)
    yield "linreg_slope(30)", t.LINEARREG_SLOPE(c, 30)
    for name, column in zip(("line", "signal", "histogram"), t.MACD(c, 12, 26, 9)):
        yield f"macd(12,26,9).{name}", column
    for name, column in zip(("upper", "middle", "lower"), t.BBANDS(c, 20, 2, 2, 0)):
        yield f"bollinger(20,2).{name}", column
    for name, column in zip("kd", t.STOCH(h, low, c, 14, 3, 0, 3, 0)):
        yield f"stochastic(14,3,3).{name}", column
    for name, column in zip(("down", "up"), t.AROON(h, low, 14)):
        yield f"aroon(14).{name}", column


def text(value):
    if value is None or value != value:
        return ""
    # 13 digits: a hundred thousand times finer than the tolerance.
    return mpmath.nstr(to_mp(value), 13, strip_zeros=True) if not isinstance(value, float) else f"{value:.13g}"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, make in SERIES.items():
        inputs = make()
        columns = list(zip(("open", "high", "low", "close", "volume"), ([repr(float(v)) for v in x] for x in inputs)))
        columns += [(k, [text(float(v)) for v in col]) for part in (talib_columns, wider.talib_columns)
                    for k, col in part(*inputs)]
        columns += [(f"exact {k}", [text(v) for v in col]) for part in (exact_columns, wider.exact_columns)
                    for k, col in part(*inputs)]
        with open(OUT / f"{name}.csv", "w", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow([k for k, _ in columns])
            writer.writerows(zip(*(col for _, col in columns)))
        print(f"{name}: {len(inputs[0])} rows, {len(columns)} columns")


if __name__ == "__main__":
    main()
