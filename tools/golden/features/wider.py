"""Columns of the wider indicators for make.py: TA-Lib's own, and recomputations from the definitions in 40-digit arithmetic.

Bars of a golden file are hourly from 1970-01-01 00:00 UTC on (vwap and pivots begin anew with the day).
"""
import mpmath
import talib

mp = mpmath.mpf
HOURS = 24


def f(v):
    """A value of either arithmetic as mpf."""
    return None if v is None else mp(v.numerator) / v.denominator if hasattr(v, "numerator") else mp(v)


def windows(x, n, of):
    """of(window) for every window of n known values; None before."""
    skip = next((i for i, v in enumerate(x) if v is not None), len(x))
    return [of(x[i - n + 1 : i + 1]) if i >= skip + n - 1 else None for i in range(len(x))]


def combine(of, *columns):
    return [None if any(v is None for v in row) else of(*row) for row in zip(*columns)]


def recursive(x, n, weight):
    """Started by the mean of the first n known values."""
    skip = next((i for i, v in enumerate(x) if v is not None), len(x))
    out, value = [None] * len(x), None
    for i in range(skip + n - 1, len(x)):
        value = mpmath.fsum(x[skip : skip + n]) / n if value is None else value + weight * (x[i] - value)
        out[i] = value
    return out


def ema(x, n):
    return recursive(x, n, mp(2) / (n + 1))


def rma(x, n):
    return recursive(x, n, mp(1) / n)


def mean(w):
    return mpmath.fsum(w) / len(w)


def sma(x, n):
    return windows(x, n, mean)


def total(x, n):
    return windows(x, n, mpmath.fsum)


def changes(x):
    return [None] + [b - a for a, b in zip(x, x[1:])]


def logs(x):
    return [mpmath.log(v) for v in x]


def variance(w, less=0):
    m = mean(w)
    return mpmath.fsum((v - m) ** 2 for v in w) / (len(w) - less)


def standard(w, power):
    m, v = mean(w), variance(w)
    return mp(0) if v < mp(10) ** -30 else mean([(x - m) ** power for x in w]) / v ** (mp(power) / 2)


def past(x, n):
    return [None] * n + list(x[: len(x) - n])


def over(a, b, empty=0):
    return a / b if b else mp(empty)


def true_range(h, low, c):
    return [None] + [max(h[i], c[i - 1]) - min(low[i], c[i - 1]) for i in range(1, len(c))]


def roc(x, n):
    return combine(lambda now, old: (now / old - 1) * 100, x, past(x, n))


def wma(x, n):
    return windows(x, n, lambda w: mpmath.fsum((i + 1) * v for i, v in enumerate(w)) * 2 / (n * (n + 1)))


def slope(points):
    """Slope of log2 spread against 0, 1, 2, …; 1/2 where some scale did not move."""
    if any(p <= mp(10) ** -33 for p in points):
        return mp("0.5")
    y = [mpmath.log(p) / mpmath.log(2) / 2 for p in points]
    centre = mp(len(y) - 1) / 2
    return mpmath.fsum((i - centre) * v for i, v in enumerate(y)) / mpmath.fsum((i - centre) ** 2 for i in range(len(y)))


def hurst(w):
    n, points, lag = len(w), [], 1
    while lag <= n // 4:
        points.append(variance([w[i] - w[i - lag] for i in range(lag, n)]))
        lag *= 2
    return slope(points)


def residual(w):
    n = len(w)
    centre, m = mp(n - 1) / 2, mean(w)
    b = mpmath.fsum((i - centre) * v for i, v in enumerate(w)) / mpmath.fsum((i - centre) ** 2 for i in range(n))
    return mean([(v - m - b * (i - centre)) ** 2 for i, v in enumerate(w)])


def dfa(w):
    n, points, size = len(w), [], 4
    while size <= n // 4:
        points.append(mean([residual(w[i : i + size]) for i in range(n - size + 1)]))
        size *= 2
    return slope(points)


def entropy(w):
    shares = [mp(w.count(k)) / len(w) for k in sorted(set(w))]
    return -mpmath.fsum(s * mpmath.log(s) / mpmath.log(2) for s in shares)


def correlation(w):
    mx, my = mean([a for a, _ in w]), mean([b for _, b in w])
    xx, yy = mpmath.fsum((a - mx) ** 2 for a, _ in w), mpmath.fsum((b - my) ** 2 for _, b in w)
    xy = mpmath.fsum((a - mx) * (b - my) for a, b in w)
    return xy / mpmath.sqrt(xx * yy) if xx * yy > 0 else mp(0)


def regression(w):
    mx, my = mean([a for a, _ in w]), mean([b for _, b in w])
    return over(mpmath.fsum((a - mx) * (b - my) for a, b in w), mpmath.fsum((a - mx) ** 2 for a, _ in w))


def pair(a, b):
    return combine(lambda x, y: (x, y), a, b)


def relative(x):
    return [None] + [(b - a) / a for a, b in zip(x, x[1:])]


# ---- families ------------------------------------------------------------------------------------------------------
def ranges(o, h, low, c):
    n, root, log = 20, mpmath.sqrt, mpmath.log
    park = [log(a / b) ** 2 / (4 * log(2)) for a, b in zip(h, low)]
    klass = [log(a / b) ** 2 / 2 - (2 * log(2) - 1) * log(e / d) ** 2 for d, a, b, e in zip(o, h, low, c)]
    satchell = [log(a / e) * log(a / d) + log(b / e) * log(b / d) for d, a, b, e in zip(o, h, low, c)]
    gap = [None] + [log(b / a) for a, b in zip(c, o[1:])]
    move = [None] + [log(b / a) for a, b in zip(o[1:], c[1:])]
    k = mp("0.34") / (mp("1.34") + mp(n + 1) / (n - 1))
    positive = lambda v: root(max(v, mp(0)))
    yield "yang_zhang(20)", combine(lambda a, b, d: positive(a + k * b + (1 - k) * d), windows(gap, n, lambda w: variance(w, 1)),
                                    windows(move, n, lambda w: variance(w, 1)), windows([None] + satchell[1:], n, mean))
    for name, values in (("parkinson(20)", park), ("garman_klass(20)", klass), ("rogers_satchell(20)", satchell)):
        yield name, windows(values, n, lambda w: positive(mean(w)))
    change = changes(logs(c))
    square = combine(lambda r: r * r, change)
    realised = total(square, n)
    products = combine(lambda a, b: abs(a * b), change, past(change, 1))
    bipower = windows(products, n - 1, lambda w: mpmath.pi / 2 * n / (n - 1) * mpmath.fsum(w))
    yield "realised_variance(20)", realised
    yield "realised_volatility(20)", combine(root, realised)
    yield "bipower_variation(20)", bipower
    yield "jump_share(20)", combine(lambda r, b: max(mp(0), 1 - b / r) if r else mp(0), realised, bipower)
    yield "autocorrelation(50,1)", windows(pair(past(change, 1), change), 50, correlation)
    yield "skewness(60)", windows(change, 60, lambda w: standard(w, 3))
    yield "kurtosis(60)", windows(change, 60, lambda w: standard(w, 4) - (3 if variance(w) > mp(10) ** -30 else 0))


def channels(o, h, low, c, v):
    reach = true_range(h, low, c)
    middle, atr = ema(c, 20), rma(reach, 10)
    yield "keltner(20,2,10).upper", combine(lambda m, a: m + 2 * a, middle, atr)
    yield "keltner(20,2,10).middle", middle
    yield "keltner(20,2,10).lower", combine(lambda m, a: m - 2 * a, middle, atr)
    upper, lower = windows(h, 20, max), windows(low, 20, min)
    yield "donchian(20).upper", upper
    yield "donchian(20).middle", combine(lambda a, b: (a + b) / 2, upper, lower)
    yield "donchian(20).lower", lower
    half = lambda n: combine(lambda a, b: (a + b) / 2, windows(h, n, max), windows(low, n, min))
    yield "ichimoku(9,26,52).tenkan", half(9)
    yield "ichimoku(9,26,52).kijun", half(26)
    yield "ichimoku(9,26,52).span_a", combine(lambda a, b: (a + b) / 2, half(9), half(26))
    yield "ichimoku(9,26,52).span_b", half(52)
    yield "ichimoku(9,26,52).chikou", list(c)
    path = total(reach, 14)
    for name, a, b in (("plus", h, low), ("minus", low, h)):
        moves = [None] + [abs(a[i] - b[i - 1]) for i in range(1, len(a))]
        yield f"vortex(14).{name}", combine(over, total(moves, 14), path)
    span = combine(lambda a, b: a - b, windows(h, 14, max), windows(low, 14, min))
    yield "choppiness(14)", combine(lambda p, s: 100 * mpmath.log(p / s) / mpmath.log(14) if s else mp(0), path, span)
    yield from supertrend(h, low, c, rma(reach, 10))
    yield from daily(h, low, c, v)


def supertrend(h, low, c, atr):
    lines, directions, upper, lower, up = [], [], None, None, False
    for i, a in enumerate(atr):
        if a is None:
            lines.append(None), directions.append(None)
            continue
        high, bottom = (h[i] + low[i]) / 2 + 3 * a, (h[i] + low[i]) / 2 - 3 * a
        if upper is None:
            upper, lower = high, bottom
        else:
            upper = high if high < upper or c[i - 1] > upper else upper
            lower = bottom if bottom > lower or c[i - 1] < lower else lower
            up = c[i] >= lower if up else c[i] > upper
        lines.append(lower if up else upper), directions.append(mp(1 if up else -1))
    yield "supertrend(10,3).line", lines
    yield "supertrend(10,3).direction", directions


def daily(h, low, c, v):
    typical = [(a + b + d) / 3 for a, b, d in zip(h, low, c)]
    vwap = []
    for i in range(len(c)):
        day = range(i - i % HOURS, i + 1)
        vwap.append(mpmath.fsum(typical[j] * v[j] for j in day) / mpmath.fsum(v[j] for j in day)
                    if any(v[j] for j in day) else None)
    yield "vwap", vwap
    for kind, of in enumerate((classic, fibonacci, camarilla, woodie)):
        rows = [None] * len(c)
        for i in range(HOURS, len(c)):
            begin = i - i % HOURS - HOURS
            rows[i] = of(max(h[begin : begin + HOURS]), min(low[begin : begin + HOURS]), c[begin + HOURS - 1])
        for k, name in enumerate(("p", "r1", "r2", "r3", "s1", "s2", "s3")):
            yield f"pivots({kind}).{name}", [None if row is None else row[k] for row in rows]


def floor(p, h, low):
    return p, 2 * p - low, p + h - low, h + 2 * (p - low), 2 * p - h, p - h + low, low - 2 * (h - p)


def classic(h, low, c):
    return floor((h + low + c) / 3, h, low)


def woodie(h, low, c):
    return floor((h + low + 2 * c) / 4, h, low)


def around(p, middle, steps):
    return (p, *(middle + s for s in steps), *(middle - s for s in steps))


def fibonacci(h, low, c):
    p = (h + low + c) / 3
    return around(p, p, [mp(k) * (h - low) for k in ("0.382", "0.618", "1")])


def camarilla(h, low, c):
    return around((h + low + c) / 3, c, [mp("1.1") / k * (h - low) for k in (12, 6, 4)])


def momentum(h, low, c):
    up = [None] + [max(d, mp(0)) for d in changes(c)[1:]]
    down = [None] + [max(-d, mp(0)) for d in changes(c)[1:]]
    yield "rsi_cutler(14)", combine(lambda a, b: 100 * over(a, a + b), total(up, 14), total(down, 14))
    path = total([None] + [abs(d) for d in changes(c)[1:]], 10)
    yield "efficiency_ratio(10)", combine(lambda p, now, old: over(abs(now - old), p), path, c, past(c, 10))
    rsi = combine(lambda a, b: 100 * a / (a + b) if a + b > mp(10) ** -14 else mp(0), rma(up, 14), rma(down, 14))
    for n, smooth in ((14, 1), (5, 1), (14, 3)):
        place = windows(rsi, n, lambda w: 100 * (w[-1] - min(w)) / (max(w) - min(w)) if max(w) - min(w) > mp(10) ** -20 else mp(0))
        k = sma(place, smooth)
        name = f"stochrsi(14,{n},3)" if smooth == 1 else f"stochrsi(14,{n},3,{smooth})"
        yield f"{name}.k", combine(lambda a, _: a, k, sma(k, 3))
        yield f"{name}.d", sma(k, 3)
    middle = [(a + b) / 2 for a, b in zip(h, low)]
    yield from fisher(middle)
    parts = [sma(roc(c, n), m) for n, m in ((10, 10), (15, 10), (20, 10), (30, 15))]
    line = combine(lambda *p: sum((i + 1) * v for i, v in enumerate(p)), *parts)
    yield "kst.line", line
    yield "kst.signal", sma(line, 9)
    change = changes(c)
    size = combine(abs, change)
    line = combine(lambda a, b: 100 * over(a, b) if b > mp(10) ** -14 else mp(0), ema(ema(change, 25), 13), ema(ema(size, 25), 13))
    yield "tsi(25,13,13).line", line
    yield "tsi(25,13,13).signal", ema(line, 13)
    yield "awesome(5,34)", combine(lambda a, b: a - b, sma(middle, 5), sma(middle, 34))
    yield "coppock(10,14,11)", wma(combine(lambda a, b: a + b, roc(c, 14), roc(c, 11)), 10)
    yield "dpo(20)", combine(lambda a, b: a - b, c, past(sma(c, 20), 11))
    yield "elder_ray(13).bull", combine(lambda a, b: a - b, h, ema(c, 13))
    yield "elder_ray(13).bear", combine(lambda a, b: a - b, low, ema(c, 13))
    once = ema([a - b for a, b in zip(h, low)], 9)
    yield "mass_index(25,9)", total(combine(lambda a, b: a / b if b > mp(10) ** -14 else mp(1), once, ema(once, 9)), 25)
    deviation = windows(c, 10, lambda w: mpmath.sqrt(variance(w)))
    rise = rma(combine(lambda s, d: s if d > 0 else mp(0), deviation, change), 14)
    fall = rma(combine(lambda s, d: s if d < 0 else mp(0), deviation, change), 14)
    yield "rvi(14,10)", combine(lambda a, b: 100 * over(a, a + b) if a + b > mp(10) ** -14 else mp(0), rise, fall)
    yield "zscore(20)", windows(c, 20, lambda w: (w[-1] - mean(w)) / mpmath.sqrt(variance(w)) if variance(w) else mp(0))
    yield "hurst(100)", windows(logs(c), 100, hurst)
    yield "dfa(64)", windows(logs(c), 64, dfa)
    ups = [None] + [1 if d > 0 else 0 for d in change[1:]]
    yield "entropy(100,3)", windows(combine(lambda a, b, d: 4 * a + 2 * b + d, past(ups, 2), past(ups, 1), ups), 100, entropy)
    order = combine(lambda a, b, d: (a > b, b > d, a > d), past(c, 2), past(c, 1), c)
    yield "permutation_entropy(50)", windows(order, 50, lambda w: entropy(w) * mpmath.log(2) / mpmath.log(6))


def fisher(middle):
    place = windows(middle, 9, lambda w: (w[-1] - min(w)) / (max(w) - min(w)) - mp("0.5") if max(w) > min(w) else mp(0))
    value, smooth, out = mp(0), mp(0), []
    for p in place:
        if p is None:
            out.append(None)
            continue
        smooth = max(min(mp("0.66") * p + mp("0.67") * smooth, mp("0.999")), mp("-0.999"))
        value = mpmath.log((1 + smooth) / (1 - smooth)) / 2 + value / 2
        out.append(value)
    yield "fisher(9).value", out
    yield "fisher(9).trigger", past(out, 1)


def flows(h, low, c, v):
    place = [over(2 * d - a - b, a - b) for a, b, d in zip(h, low, c)]
    flow = [p * x for p, x in zip(place, v)]
    yield "chaikin_money_flow(20)", combine(over, total(flow, 20), total(v, 20))
    yield "force_index(13)", ema(combine(lambda d, x: d * x, changes(c), v), 13)
    middle = [(a + b) / 2 for a, b in zip(h, low)]
    ease = combine(lambda d, a, b, x: d * (a - b) * mp(10) ** 8 / x if x else mp(0), changes(middle), h, low, v)
    yield "ease_of_movement(14,1e8)", sma(ease, 14)
    rate = relative(c)
    trend, negative, positive = [mp(0)], [mp(1000)], [mp(1000)]
    for i in range(1, len(c)):
        trend.append(trend[-1] + v[i] * rate[i])
        negative.append(negative[-1] * (1 + rate[i] if v[i] < v[i - 1] else 1))
        positive.append(positive[-1] * (1 + rate[i] if v[i] > v[i - 1] else 1))
    yield "pvt", trend
    yield "nvi", negative
    yield "pvi", positive
    yield "volume_oscillator(5,10)", combine(lambda a, b: 100 * over(a - b, b), ema(v, 5), ema(v, 10))


def liquidity(h, low, c, v):
    log, root = mpmath.log, mpmath.sqrt
    change = changes(logs(c))

    def covariance(w):
        mx, my = mean([a for a, _ in w]), mean([b for _, b in w])
        return mean([(a - mx) * (b - my) for a, b in w])

    yield "roll_spread(20)", windows(pair(past(change, 1), change), 20, lambda w: 2 * root(max(-covariance(w), mp(0))))
    spreads = [None]
    for i in range(1, len(c)):
        gap = low[i] - c[i - 1] if low[i] > c[i - 1] else h[i] - c[i - 1] if h[i] < c[i - 1] else mp(0)
        top, bottom, k = h[i] - gap, low[i] - gap, 3 - 2 * root(mp(2))
        beta = log(h[i - 1] / low[i - 1]) ** 2 + log(top / bottom) ** 2
        gamma = log(max(top, h[i - 1]) / min(bottom, low[i - 1])) ** 2
        alpha = (root(2 * beta) - root(beta)) / k - root(gamma / k)
        spreads.append(max(mp(0), 2 * (mpmath.exp(alpha) - 1) / (1 + mpmath.exp(alpha))))
    yield "corwin_schultz(20)", windows(spreads, 20, mean)
    impact = [None] + [abs(change[i]) / (c[i] * v[i]) if v[i] else mp(-1) for i in range(1, len(c))]
    traded = lambda w: [x for x in w if x >= 0]
    yield "amihud(20)", windows(impact, 20, lambda w: mean(traded(w)) if traded(w) else mp(0))
    sign, flow, moves = 0, [None], changes(c)
    for i in range(1, len(c)):
        sign = sign if moves[i] == 0 else 1 if moves[i] > 0 else -1
        flow.append(sign * v[i])
    yield "kyle_lambda(20)", windows(pair(flow, moves), 20, regression)
    yield "vpin(10,2)", vpin(moves, v, 10, 2)


def vpin(moves, v, count, bars):
    """The buckets as one list; a bar's volume goes into as many as it fills."""
    deviation, usual = windows(moves, 50, variance), windows([None] + v[1:], 50, mean)
    buckets, size, filled, flow, out = [], mp(0), mp(0), mp(0), []
    for i in range(len(v)):
        if deviation[i] is not None:
            side = 2 * mpmath.ncdf(moves[i] / mpmath.sqrt(deviation[i])) - 1 if deviation[i] else mp(0)
            left, size = v[i], size or bars * usual[i]
            while size > 0 and filled + left >= size:
                buckets.append((abs(flow + (size - filled) * side), size))
                left, filled, flow, size = left - (size - filled), mp(0), mp(0), bars * usual[i]
            filled, flow = filled + left, flow + left * side
        last = buckets[-count:]
        out.append(mpmath.fsum(a for a, _ in last) / mpmath.fsum(b for _, b in last) if len(last) == count else None)
    return out


class Cycle:
    """Ehlers' cycle measurement as in Rocket Science for Traders, written from the formulas."""

    def __init__(self, price):
        self.price, n = price, len(price)
        self.smooth, self.trendless, self.q, self.i = ([mp(0)] * (n + 1) for _ in range(4))
        self.period, self.phase = mp(0), mp(0)
        self.i2 = self.q2 = self.re = self.im = mp(0)

    def hilbert(self, x, t):
        at = lambda k: x[t - k] if t - k >= 12 else mp(0)
        return (mp("0.0962") * (at(0) - at(6)) + mp("0.5769") * (at(2) - at(4))) * (mp("0.075") * self.period + mp("0.54"))

    def step(self, t):
        p, degrees = self.price, 180 / mpmath.pi
        self.smooth[t] = (4 * p[t] + 3 * p[t - 1] + 2 * p[t - 2] + p[t - 3]) / 10
        self.trendless[t] = self.hilbert(self.smooth, t)
        self.q[t] = self.hilbert(self.trendless, t)
        self.i[t] = self.trendless[t - 3] if t - 3 >= 12 else mp(0)
        a = mp("0.2") * (self.i[t] - self.hilbert(self.q, t)) + mp("0.8") * self.i2
        b = mp("0.2") * (self.q[t] + self.hilbert(self.i, t)) + mp("0.8") * self.q2
        self.re = mp("0.2") * (a * self.i2 + b * self.q2) + mp("0.8") * self.re
        self.im = mp("0.2") * (a * self.q2 - b * self.i2) + mp("0.8") * self.im
        self.i2, self.q2 = a, b
        length = 360 / (mpmath.atan(self.im / self.re) * degrees) if self.im and self.re else self.period
        length = max(min(length, mp("1.5") * self.period), mp("0.67") * self.period)
        self.period = mp("0.2") * min(max(length, 6), 50) + mp("0.8") * self.period
        return mpmath.atan(self.q[t] / self.i[t]) * degrees if self.i[t] else mp(0)


def cycles(c):
    cycle, phase, mama, fama, smooth = Cycle(c), mp(0), mp(0), mp(0), mp(0)
    rows = [(None,) * 5] * min(32, len(c))
    for t in range(12, len(c)):
        now = cycle.step(t)
        turn = max(phase - now, mp(1))
        phase = now
        weight = max(mp("0.5") / turn, mp("0.05")) if turn > 1 else mp("0.5")
        mama = weight * c[t] + (1 - weight) * mama
        fama = weight / 2 * mama + (1 - weight / 2) * fama
        smooth = mp("0.33") * cycle.period + mp("0.67") * smooth
        if t >= 32:
            rows.append((mama, fama, smooth, cycle.i[t], cycle.q[t]))
    for k, name in enumerate(("mama(0.5,0.05).mama", "mama(0.5,0.05).fama", "ht_period", "ht_phasor.in_phase", "ht_phasor.quadrature")):
        yield name, [row[k] for row in rows]


def exact_columns(o, h, low, c, v):
    o, h, low, c, v = ([mp(float(x)) for x in column] for column in (o, h, low, c, v))
    yield from ranges(o, h, low, c)
    yield from channels(o, h, low, c, v)
    yield from momentum(h, low, c)
    yield from flows(h, low, c, v)
    yield from liquidity(h, low, c, v)
    yield from cycles(c)
    yield "correl(30)", windows(pair(h, low), 30, correlation)
    yield "beta(5)", windows(pair(relative(h), relative(low)), 5, regression)
    centre = mp(13) / 2
    line = windows(c, 14, lambda w: mpmath.fsum((i - centre) * x for i, x in enumerate(w)) / mp("227.5"))
    yield "linreg_angle(14)", combine(lambda b: mpmath.atan(b) * 180 / mpmath.pi, line)
    yield "linreg_intercept(14)", combine(lambda b, m: m - centre * b, line, sma(c, 14))


def talib_columns(o, h, low, c, v):
    t = talib
    yield "bop", t.BOP(o, h, low, c)
    yield "beta(5)", t.BETA(h, low, 5)
    yield "correl(30)", t.CORREL(h, low, 30)
    yield "aroon_oscillator(14)", t.AROONOSC(h, low, 14)
    for n, name in ((14, "stochrsi(14,14,3)"), (5, "stochrsi(14,5,3)")):
        for output, column in zip("kd", t.STOCHRSI(c, 14, n, 3, 0)):
            yield f"{name}.{output}", column
    for output, column in zip("kd", t.STOCHF(h, low, c, 14, 3, 0)):
        yield f"stochastic_fast(14,3).{output}", column
    for output, column in zip(("mama", "fama"), t.MAMA(c, 0.5, 0.05)):
        yield f"mama(0.5,0.05).{output}", column
    yield "ht_period", t.HT_DCPERIOD(c)
    for output, column in zip(("in_phase", "quadrature"), t.HT_PHASOR(c)):
        yield f"ht_phasor.{output}", column
    yield "average_price", t.AVGPRICE(o, h, low, c)
    yield "median_price", t.MEDPRICE(h, low)
    yield "typical_price", t.TYPPRICE(h, low, c)
    yield "weighted_close", t.WCLPRICE(h, low, c)
    yield "sum(30)", t.SUM(c, 30)
    yield "highest(30)", t.MAX(c, 30)
    yield "lowest(30)", t.MIN(c, 30)
    yield "rocp(10)", t.ROCP(c, 10)
    yield "rocr(10)", t.ROCR(c, 10)
    yield "linreg_angle(14)", t.LINEARREG_ANGLE(c, 14)
    yield "linreg_intercept(14)", t.LINEARREG_INTERCEPT(c, 14)
    yield "plus_dm(14)", t.PLUS_DM(h, low, 14)
    yield "minus_dm(14)", t.MINUS_DM(h, low, 14)
