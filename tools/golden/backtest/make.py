#!/usr/bin/env python3
"""Fills and profit of an EMA cross by three independent engines, as golden values for src/proving/backtest.

Needs: pip install backtrader==1.9.78.123 backtesting==0.6.6 vectorbt==1.2.0 'quantstats<0.0.63'. Run from anywhere;
it rewrites src/proving/backtest/tests/golden/. Seeded: two runs give the same bytes.

The rule (docs: `ema_cross`): each EMA starts at the first close, alpha 2/(n+1); from the slow-th bar on long while
fast > slow, short while fast < slow, unchanged when equal; decided on the close, reversed in one order.

How each engine is made comparable, since each has conventions of its own:
- warm-up: none of their indicators is used (backtrader's EMA starts from a mean, backtesting hides the bars before an
  indicator's first value). The averages are recomputed here bar by bar inside each engine's own strategy hook from the
  closes that it shows up to now, and the rule waits for the slow-th bar by itself. backtesting calls its strategy from
  the second bar on, so its averages take the first close from the history.
- spread: half of it on each fill. backtrader: fixed slippage of half a spread, also outside the bar's range
  (slip_out). vectorbt: relative slippage of half / open for each bar. backtesting charges a relative spread on entries
  only, so its spread stays 0 and the half spread of each unit is put into its commission function instead: the same
  money, but its fill prices are those without spread (`price_has_spread` false).
- commission: for each fill by each engine's own hook. backtesting calls its hook for the closed and the opened part of
  a reversal apart, which adds up to the same; its per-million commission sees the price without the half spread
  (2e-5 of 5e-5: below a thousandth of a cent).
- size: backtesting and vectorbt get the size of the reversal (twice the position), as backtrader does.
- cash: large, so that no engine refuses an order; the profit is what is compared. The open position is marked at the
  last close in all three (backtesting: finalize_trades off).
"""
import json
import pathlib
import warnings

warnings.filterwarnings("ignore")
import backtesting  # noqa: E402
import backtrader as bt  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import vectorbt as vbt  # noqa: E402

backtesting.backtesting._tqdm = lambda it, **_: it
OUT = pathlib.Path(__file__).resolve().parents[3] / "src/proving/backtest/tests/golden"
BARS = 6000
UNITS = 10_000
CASH = 1e9
COSTS = {
    "free": {"spread": 0.0, "kind": None, "rate": 0.0},
    "spread_lot": {"spread": 0.0001, "kind": "lot", "rate": 7.0},
    "spread_million": {"spread": 0.00016, "kind": "million", "rate": 20.0},
}
CASES = [(10, 30, c, "next_open") for c in COSTS]
CASES += [(5, 20, "spread_lot", "next_open"), (20, 100, "spread_million", "next_open"), (2, 3, "spread_lot", "next_open")]
CASES += [(10, 30, c, "same_close") for c in ("free", "spread_lot")]


def series():
    """Hourly bars of a five-digit pair: fat tails, opens off the last close, weekend gaps of time and price."""
    rng = np.random.default_rng(20190531)
    hours = pd.date_range("2015-01-04 22:00", periods=3 * BARS, freq="h")
    day, hour = hours.weekday, hours.hour
    hours = hours[(day < 4) | ((day == 4) & (hour < 22)) | ((day == 6) & (hour >= 22))][:BARS]
    steps = rng.standard_t(4, BARS) * 0.0007
    close = np.round(1.15 * np.exp(np.cumsum(steps) - np.cumsum(steps).mean() / 3), 5)
    opens = np.round(np.r_[close[0], close[:-1]] + rng.normal(0, 0.0001, BARS), 5)
    high = np.round(np.maximum(opens, close) + np.abs(rng.normal(0, 0.0004, BARS)), 5)
    low = np.round(np.minimum(opens, close) - np.abs(rng.normal(0, 0.0004, BARS)), 5)
    # Stretches without a move, so that equal averages and equal prices occur.
    close[:40] = opens[:40] = high[:40] = low[:40] = close[0]
    return pd.DataFrame({"Open": opens, "High": high, "Low": low, "Close": close, "Volume": 1.0}, index=hours)


class Rule:
    """The averages and the wish, fed one close at a time."""

    def __init__(self, fast, slow):
        self.fast_step, self.slow_step, self.wait = 2 / (fast + 1), 2 / (slow + 1), slow
        self.count, self.fast, self.slow, self.wish = 0, None, None, 0

    def feed(self, close):
        self.count += 1
        if self.fast is None:
            self.fast = self.slow = close
        else:
            self.fast += self.fast_step * (close - self.fast)
            self.slow += self.slow_step * (close - self.slow)
        if self.count >= self.wait and self.fast != self.slow:
            self.wish = 1 if self.fast > self.slow else -1
        return self.wish


def commission_of(costs, size, price):
    if costs["kind"] == "lot":
        return abs(size) / 100_000 * costs["rate"]
    if costs["kind"] == "million":
        return abs(size) * price * costs["rate"] / 1e6
    return 0.0


def run_backtrader(data, fast, slow, costs, fill):
    class Commission(bt.CommInfoBase):
        params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_FIXED), ("percabs", True))

        def _getcommission(self, size, price, pseudoexec):
            return commission_of(costs, size, price)

    fills = []

    class Cross(bt.Strategy):
        def __init__(self):
            self.rule = Rule(fast, slow)

        def next(self):
            wish = self.rule.feed(self.data.close[0])
            missing = wish * UNITS - self.position.size
            if missing:
                (self.buy if missing > 0 else self.sell)(size=abs(missing))

        def notify_order(self, order):
            assert order.status not in (order.Margin, order.Rejected)
            if order.status == order.Completed:
                fills.append([order.executed.dt, order.executed.size, order.executed.price])

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.addstrategy(Cross)
    cerebro.adddata(bt.feeds.PandasData(dataname=data))
    cerebro.broker.setcash(CASH)
    cerebro.broker.addcommissioninfo(Commission())
    cerebro.broker.set_coc(fill == "same_close")
    if costs["spread"]:
        cerebro.broker.set_slippage_fixed(costs["spread"] / 2, slip_open=True, slip_match=True, slip_out=True)
    cerebro.run(runonce=False)
    place = {round(bt.date2num(t) * 24): i for i, t in enumerate(data.index)}
    rows = [[place[round(t * 24)], size, price] for t, size, price in fills]
    return rows, cerebro.broker.getvalue() - CASH, True


def run_backtesting(data, fast, slow, costs, fill):
    half = costs["spread"] / 2

    class Cross(backtesting.Strategy):
        def init(self):
            self.rule = Rule(fast, slow)
            self.before = 0

        def next(self):
            closes = self.data.Close
            if self.rule.count == 0:
                for close in closes[:-1]:
                    self.rule.feed(close)
            wish = self.rule.feed(closes[-1])
            if wish != self.before:
                missing = (wish - self.before) * UNITS
                (self.buy if missing > 0 else self.sell)(size=abs(missing))
                self.before = wish

    test = backtesting.Backtest(data, Cross, cash=CASH, trade_on_close=fill == "same_close", hedging=False,
                                commission=lambda size, price: half * abs(size) + commission_of(costs, size, price))
    stats = test.run()
    closed, opened = stats["_trades"], stats["_strategy"].trades
    fills = {}
    for t in closed.itertuples():
        for bar, price, size in ((t.EntryBar, t.EntryPrice, t.Size), (t.ExitBar, t.ExitPrice, -t.Size)):
            fills.setdefault((int(bar), float(price)), 0)
            fills[(int(bar), float(price))] += size
    for t in opened:
        key = (int(t.entry_bar), float(t.entry_price))
        fills[key] = fills.get(key, 0) + t.size
    rows = [[bar, float(size), price] for (bar, price), size in sorted(fills.items()) if size]
    return rows, float(stats["Equity Final [$]"]) - CASH, half == 0


def run_vectorbt(data, fast, slow, costs, fill):
    rule = Rule(fast, slow)
    wishes = np.array([rule.feed(c) for c in data["Close"]])
    changes = np.diff(np.r_[0, wishes]).astype(float) * UNITS
    price = data["Close"].to_numpy()
    if fill == "next_open":
        changes = np.r_[0.0, changes[:-1]]
        price = data["Open"].to_numpy()
    half = costs["spread"] / 2
    executed = price + np.sign(changes) * half
    fees = np.array([commission_of(costs, s, p) for s, p in zip(changes, executed)])
    portfolio = vbt.Portfolio.from_orders(data["Close"], size=np.where(changes == 0, np.nan, changes), price=price,
                                          slippage=half / price, fixed_fees=fees, init_cash=CASH, direction="both",
                                          freq="h")
    records = portfolio.orders.records
    rows = [[int(r.idx), float(r.size if r.side == 0 else -r.size), float(r.price)] for r in records.itertuples()]
    return rows, float(portfolio.value().iloc[-1]) - CASH, True


ENGINES = {"backtrader": run_backtrader, "backtesting": run_backtesting, "vectorbt": run_vectorbt}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    data = series()
    seconds = data.index.asi8 // (10**9 if data.index.unit == "ns" else {"us": 10**6, "ms": 10**3, "s": 1}[data.index.unit])
    with open(OUT / "bars.csv", "w") as out:
        out.write("time,open,high,low,close\n")
        for t, o, h, l, c in zip(seconds, *(data[k] for k in ("Open", "High", "Low", "Close"))):
            out.write(f"{t},{o:.5f},{h:.5f},{l:.5f},{c:.5f}\n")
    cases = []
    for fast, slow, costs, fill in CASES:
        case = {"fast": fast, "slow": slow, "fill": fill, "units": UNITS, **COSTS[costs], "engines": {}}
        for name, run in ENGINES.items():
            fills, net, price_has_spread = run(data, fast, slow, COSTS[costs], fill)
            rows = [[bar, round(size), round(price, 9)] for bar, size, price in fills]
            case["engines"][name] = {"net": round(net, 6), "price_has_spread": price_has_spread, "fills": rows}
            print(fast, slow, costs, fill, name, len(fills), round(net, 4), rows[:2])
        cases.append(case)
    with open(OUT / "fills.json", "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
