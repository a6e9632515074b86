"""Times TA-Lib over bars that the bench wrote: talib_peer.py FILE INDICATOR…

FILE holds five doubles a bar (open, high, low, close, volume). Prints TA-Lib's version and the nanoseconds a bar that
all the named indicators together took in processor time, the best of several passes.
"""
import sys
import time

import numpy as np
import talib

CALLS = {
    "sma": "SMA c 30", "ema": "EMA c 30", "wma": "WMA c 30", "dema": "DEMA c 30", "tema": "TEMA c 30",
    "trima": "TRIMA c 30", "kama": "KAMA c 30", "t3": "T3 c 5", "midpoint": "MIDPOINT c 14",
    "midprice": "MIDPRICE hl 14", "rsi": "RSI c 14", "cmo": "CMO c 14", "roc": "ROC c 10", "momentum": "MOM c 10",
    "willr": "WILLR hlc 14", "cci": "CCI hlc 14", "mfi": "MFI hlcv 14", "obv": "OBV cv", "ad": "AD hlcv",
    "adosc": "ADOSC hlcv 3 10", "trix": "TRIX c 30", "ultosc": "ULTOSC hlc 7 14 28", "apo": "APO c 12 26",
    "ppo": "PPO c 12 26", "natr": "NATR hlc 14", "atr": "ATR hlc 14", "true_range": "TRANGE hlc", "adx": "ADX hlc 14",
    "adxr": "ADXR hlc 14", "dx": "DX hlc 14", "plus_di": "PLUS_DI hlc 14", "minus_di": "MINUS_DI hlc 14",
    "psar": "SAR hl", "stddev": "STDDEV c 5", "variance": "VAR c 5", "linreg": "LINEARREG c 14",
    "linreg_slope": "LINEARREG_SLOPE c 14", "tsf": "TSF c 14", "macd": "MACD c 12 26 9", "bollinger": "BBANDS c 20",
    "stochastic": "STOCH hlc 14 3 0 3 0", "aroon": "AROON hl 14", "bop": "BOP ohlc", "beta": "BETA hl 5",
    "correl": "CORREL hl 30", "aroon_oscillator": "AROONOSC hl 14", "stochrsi": "STOCHRSI c 14 14 3",
    "stochastic_fast": "STOCHF hlc 14 3", "mama": "MAMA c", "ht_period": "HT_DCPERIOD c", "ht_phasor": "HT_PHASOR c",
    "average_price": "AVGPRICE ohlc", "median_price": "MEDPRICE hl", "typical_price": "TYPPRICE hlc",
    "weighted_close": "WCLPRICE hlc", "sum": "SUM c 30", "highest": "MAX c 30", "lowest": "MIN c 30", "rocp": "ROCP c 10",
    "rocr": "ROCR c 10", "linreg_angle": "LINEARREG_ANGLE c 14", "linreg_intercept": "LINEARREG_INTERCEPT c 14",
    "plus_dm": "PLUS_DM hl 14", "minus_dm": "MINUS_DM hl 14",
}


def main():
    bars = np.fromfile(sys.argv[1]).reshape(-1, 5)
    columns = dict(zip("ohlcv", (np.ascontiguousarray(x) for x in bars.T)))
    calls = []
    for name in sys.argv[2:]:
        call = f"CDL{name[4:].upper()} ohlc" if name.startswith("cdl_") else CALLS[name]
        function, *words = call.split()
        inputs = [] if not words else [columns[k] for k in words[0]]
        calls.append((getattr(talib, function), inputs, [int(w) for w in words[1:]]))
    best = float("inf")
    for _ in range(15):
        start = time.thread_time()
        for function, inputs, numbers in calls:
            function(*inputs, *numbers)
        best = min(best, time.thread_time() - start)
    print(talib.__version__, best / len(bars) * 1e9)


main()
