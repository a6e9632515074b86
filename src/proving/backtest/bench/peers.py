"""Times peers over the files that the bench wrote: peers.py BARS.csv TICKS.csv

Prints `backtrader BARS_A_SECOND` and `nautilus_trader TICKS_A_SECOND` for those that are installed: the same EMA cross
with commission, their run alone, loading left out.
"""
import sys
import time

import pandas as pd

FAST, SLOW, UNITS = 10, 30, 10_000
TICKS = 200_000


def peer_backtrader(path):
    import backtrader as bt

    class Cross(bt.Strategy):
        def __init__(self):
            self.count, self.fast, self.slow, self.wish = 0, None, None, 0

        def next(self):
            close = self.data.close[0]
            self.count += 1
            if self.fast is None:
                self.fast = self.slow = close
            self.fast += 2 / (FAST + 1) * (close - self.fast)
            self.slow += 2 / (SLOW + 1) * (close - self.slow)
            if self.count >= SLOW and self.fast != self.slow:
                missing = (UNITS if self.fast > self.slow else -UNITS) - self.position.size
                if missing:
                    (self.buy if missing > 0 else self.sell)(size=abs(missing))

    data = pd.read_csv(path, parse_dates=["time"]).set_index("time").tz_localize(None)
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.addstrategy(Cross)
    cerebro.adddata(bt.feeds.PandasData(dataname=data, volume="volume"))
    cerebro.broker.setcash(1e9)
    cerebro.broker.setcommission(commission=20e-6)
    begin = time.perf_counter()
    cerebro.run()
    return len(data) / (time.perf_counter() - begin)


def peer_nautilus(path):
    from decimal import Decimal

    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig, StrategyConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.identifiers import Venue
    from nautilus_trader.model.objects import Money, Quantity
    from nautilus_trader.persistence.wranglers import QuoteTickDataWrangler
    from nautilus_trader.test_kit.providers import TestInstrumentProvider
    from nautilus_trader.trading.strategy import Strategy

    class Cross(Strategy):
        def __init__(self, instrument):
            super().__init__(StrategyConfig())
            self.instrument = instrument
            self.count, self.fast, self.slow, self.held = 0, None, None, 0

        def on_start(self):
            self.subscribe_quote_ticks(self.instrument.id)
            self.subscribe_bars(BarType.from_str(f"{self.instrument.id}-1-MINUTE-BID-INTERNAL"))

        def on_bar(self, bar):
            close = float(bar.close)
            self.count += 1
            if self.fast is None:
                self.fast = self.slow = close
            self.fast += 2 / (FAST + 1) * (close - self.fast)
            self.slow += 2 / (SLOW + 1) * (close - self.slow)
            if self.count < SLOW or self.fast == self.slow:
                return
            missing = (UNITS if self.fast > self.slow else -UNITS) - self.held
            if missing:
                side = OrderSide.BUY if missing > 0 else OrderSide.SELL
                self.submit_order(self.order_factory.market(self.instrument.id, side, Quantity.from_int(abs(missing))))
                self.held += missing

    data = pd.read_csv(path, nrows=TICKS)
    data.index = pd.to_datetime(data.pop("time"), format="ISO8601", utc=True)
    instrument = TestInstrumentProvider.default_fx_ccy("EUR/USD", Venue("SIM"))
    ticks = QuoteTickDataWrangler(instrument).process(data[["bid", "ask", "bid_size", "ask_size"]])
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(Venue("SIM"), OmsType.NETTING, AccountType.MARGIN, [Money(1_000_000_000, USD)], USD, Decimal(30))
    engine.add_instrument(instrument)
    engine.add_data(ticks)
    engine.add_strategy(Cross(instrument))
    begin = time.perf_counter()
    engine.run()
    return len(ticks) / (time.perf_counter() - begin)


def main():
    for name, measure, path in (("backtrader", peer_backtrader, sys.argv[1]),
                                ("nautilus_trader", peer_nautilus, sys.argv[2])):
        try:
            print(name, measure(path), flush=True)
        except ImportError:
            pass
        except Exception as error:  # a peer that fails is told, and stands as missing
            print(f"{name}: {error!r}", file=sys.stderr)


if __name__ == "__main__":
    main()
