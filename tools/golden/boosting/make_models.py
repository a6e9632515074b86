"""Makes the golden models and predictions of src/models/boosting/tests/golden with the libraries' Python packages.

Needs lightgbm==4.7.0 xgboost==1.7.4 "numpy<2" scipy. Usage: make_models.py OUTPUT_FOLDER
Writes lightgbm.txt, lightgbm_zero.txt, forest.txt, xgboost.json and rows.csv: the columns of each row, then for each model
its probability (forest: share) and margin. Values are written with 17 digits, so that reading gives the same doubles.
"""
import pathlib
import sys

import lightgbm
import numpy as np
import xgboost

COLUMNS = 8


def training_rows(random, with_nan):
    x = random.normal(size=(1200, COLUMNS))
    x[:, 1] = np.where(random.uniform(size=1200) < 0.3, 0.0, x[:, 1])
    x[:, 2] = np.round(x[:, 2] * 2)
    if with_nan:
        for column in (0, 3, 5):
            x[random.uniform(size=1200) < 0.2, column] = np.nan
    signal = np.nan_to_num(x[:, 0], nan=0.8) + 0.5 * (x[:, 1] > 0) - 0.4 * x[:, 2]
    y = (signal + random.normal(size=1200) > 0).astype(float)
    return x, y


def test_rows(random, thresholds):
    x, _ = training_rows(random, True)
    x = x[:250]
    special = [np.nan, 0.0, -0.0, 5e-324, -1e-40, 1e-36, 1e30, -1e30, 1e-35]
    for i in range(100, 250):
        column = random.integers(COLUMNS)
        x[i, column] = special[i % len(special)]
        column = random.integers(COLUMNS)
        if len(thresholds[column]):
            x[i, column] = random.choice(thresholds[column])
    return x


def collect(node, thresholds):
    if "split_feature" not in node:
        return
    thresholds[node["split_feature"]].append(node["threshold"])
    collect(node["left_child"], thresholds)
    collect(node["right_child"], thresholds)


def main():
    out = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(11)
    x, y = training_rows(random, True)
    full, full_y = training_rows(random, False)
    common = dict(verbosity=-1, num_threads=1, deterministic=True, seed=3, min_data_in_leaf=5)
    models = {
        "lightgbm": lightgbm.train(
            dict(common, objective="binary", max_depth=5), lightgbm.Dataset(x, y), num_boost_round=12),
        "lightgbm_zero": lightgbm.train(
            dict(common, objective="binary", num_leaves=60, zero_as_missing=True), lightgbm.Dataset(full, full_y),
            num_boost_round=5),
        "forest": lightgbm.train(
            dict(common, objective="regression", boosting="rf", bagging_freq=1, bagging_fraction=0.6, num_leaves=40,
                 feature_fraction_bynode=0.5), lightgbm.Dataset(x, y), num_boost_round=8),
    }
    booster = xgboost.train(
        dict(objective="binary:logistic", tree_method="hist", max_depth=5, eta=0.2, base_score=0.4, nthread=1, seed=3),
        xgboost.DMatrix(x, y), num_boost_round=12)
    booster.save_model(out / "xgboost.json")
    thresholds = [[] for _ in range(COLUMNS)]
    for name, model in models.items():
        (out / f"{name}.txt").write_text(model.model_to_string())
        for tree in model.dump_model()["tree_info"]:
            collect(tree["tree_structure"], thresholds)
    rows = test_rows(random, thresholds)
    values = [rows]
    for name, model in models.items():
        p = model.predict(rows)
        # The raw score of a forest is the sum of its trees, its prediction their mean.
        margin = p if name == "forest" else model.predict(rows, raw_score=True)
        values += [p[:, None], margin[:, None]]
    matrix = xgboost.DMatrix(rows)
    values += [booster.predict(matrix)[:, None], booster.predict(matrix, output_margin=True)[:, None]]
    table = np.hstack([v.astype(np.float64) for v in values])
    with open(out / "rows.csv", "w") as file:
        names = [f"x{c}" for c in range(COLUMNS)]
        for name in [*models, "xgboost"]:
            names += [name, name + "_margin"]
        file.write(",".join(names) + "\n")
        for row in table:
            file.write(",".join("%.17g" % v for v in row) + "\n")


main()
