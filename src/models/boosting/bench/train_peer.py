"""Trains with the library named on the command line from Python and prints the processor seconds, one fit a line read on stdin.

Usage: train_peer.py LIBRARY ROWS COLUMNS FILE "name=value ..." ROUNDS [SHARED_LIBRARY]
SHARED_LIBRARY is loaded in place of the one inside the XGBoost package, so that both sides run the same machine code.
FILE holds float64 values row-major, then float32 labels, as the benchmark wrote them. Reading the file is not timed; from
the array in memory to the fitted booster with its model text is.
"""
import ctypes
import sys
import time

import numpy as np


def load_instead(shared_library):
    load = ctypes.cdll.LoadLibrary
    ctypes.cdll.LoadLibrary = lambda name: load(shared_library if name.endswith("libxgboost.so") else name)


def main():
    library, rows, columns, path, words, rounds = sys.argv[1:7]
    if len(sys.argv) > 7:
        load_instead(sys.argv[7])
    rows, columns, rounds = int(rows), int(columns), int(rounds)
    raw = open(path, "rb").read()
    x = np.frombuffer(raw, dtype=np.float64, count=rows * columns).reshape(rows, columns)
    y = np.frombuffer(raw, dtype=np.float32, offset=8 * rows * columns)
    weight = np.ones(rows, dtype=np.float32)
    parameters = dict(word.split("=") for word in words.split())
    if library == "lightgbm":
        import lightgbm

        def fit():
            data = lightgbm.Dataset(x, y, weight=weight, params=parameters)
            return lightgbm.train(parameters, data, num_boost_round=rounds).model_to_string()
    else:
        import xgboost

        def fit():
            data = xgboost.DMatrix(x, y, weight=weight, nthread=1)
            return xgboost.train(parameters, data, num_boost_round=rounds).save_raw("json")
    version = (sys.modules[library]).__version__
    print("ready", version, flush=True)
    for _ in sys.stdin:
        begin = time.process_time()
        fit()
        print(time.process_time() - begin, flush=True)


main()
