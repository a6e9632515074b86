"""Makes src/models/boosting/tests/golden/contributions.csv: Shapley values of the golden models by their definition.

No SHAP library and no algorithm of trees: for each row all 256 sets of the eight known columns, the model's margin where the
others are averaged along the paths by the share of the training rows (XGBoost: of the hessian) that went each way, and from
these the mean gain of each column over all orders. Reads the models' own text files, needs numpy only.
Usage: make_contributions.py GOLDEN_FOLDER
"""
import csv
import json
import math
import pathlib
import sys

import numpy as np

COLUMNS, ROWS = 8, 30
ZERO = float(np.float32(1e-35))


def lightgbm_trees(text):
    for block in text.split("\n\n"):
        fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Tree" not in fields:
            continue
        take = lambda key, kind: [kind(v) for v in fields[key].split()]
        leaves = [{"value": v, "cover": c} for v, c in zip(take("leaf_value", float), take("leaf_count", float))]
        splits = [{} for _ in take("split_feature", int)]
        child = lambda c: leaves[~c] if c < 0 else splits[c]
        columns = zip(splits, *(take(k, t) for k, t in [("split_feature", int), ("threshold", float), ("decision_type", int),
                                                       ("left_child", int), ("right_child", int)]))
        for split, column, threshold, decision, left, right in columns:
            split.update(column=column, left=child(left), right=child(right),
                         goes=lambda x, t=threshold, d=decision: lightgbm_left(x, t, d))
        yield splits[0] if splits else leaves[0]


def lightgbm_left(x, threshold, decision):
    missing, default_left = decision >> 2, bool(decision & 2)
    if math.isnan(x):
        if missing:
            return default_left
        x = 0.0
    if abs(x) <= ZERO:
        if missing == 1:
            return default_left
        x = 0.0
    return x <= threshold


def xgboost_trees(model):
    for tree in model["learner"]["gradient_booster"]["model"]["trees"]:
        def build(i):
            if tree["left_children"][i] == -1:
                return {"value": tree["split_conditions"][i], "cover": tree["sum_hessian"][i]}
            threshold, default = np.float32(tree["split_conditions"][i]), bool(tree["default_left"][i])
            return {"column": tree["split_indices"][i], "left": build(tree["left_children"][i]), "right": build(tree["right_children"][i]),
                    "goes": lambda x: default if math.isnan(x) else bool(np.float32(x) < threshold)}
        yield build(0)


def cover(node):
    if "cover" not in node:
        node["cover"] = cover(node["left"]) + cover(node["right"])
    return node["cover"]


def margin(node, row, known):
    if "value" in node:
        return node["value"]
    if known >> node["column"] & 1:
        return margin(node["left"] if node["goes"](row[node["column"]]) else node["right"], row, known)
    return sum(cover(c) * margin(c, row, known) for c in (node["left"], node["right"])) / cover(node)


def shapley(trees, row, scale, start):
    worth = [start + scale * sum(margin(t, row, known) for t in trees) for known in range(1 << COLUMNS)]
    out = []
    for i in range(COLUMNS):
        total = 0.0
        for known in range(1 << COLUMNS):
            if known >> i & 1:
                continue
            size = bin(known).count("1")
            total += (worth[known | 1 << i] - worth[known]) / (COLUMNS * math.comb(COLUMNS - 1, size))
        out.append(total)
    return [worth[0]] + out


def main():
    folder = pathlib.Path(sys.argv[1])
    with open(folder / "rows.csv") as file:
        rows = [[float(r[f"x{c}"]) for c in range(COLUMNS)] for r in csv.DictReader(file)]
    rows = rows[:ROWS // 2] + rows[-ROWS // 2:]
    numbers = list(range(ROWS // 2)) + list(range(250 - ROWS // 2, 250))
    models = {}
    for name in ("lightgbm", "lightgbm_zero", "forest"):
        trees = list(lightgbm_trees((folder / f"{name}.txt").read_text()))
        models[name] = (trees, 1 / len(trees) if name == "forest" else 1.0, 0.0)
    document = json.loads((folder / "xgboost.json").read_text())
    p = float(document["learner"]["learner_model_param"]["base_score"])
    models["xgboost"] = (list(xgboost_trees(document)), 1.0, math.log(p / (1 - p)))
    with open(folder / "contributions.csv", "w") as file:
        file.write("model,row,base," + ",".join(f"c{c}" for c in range(COLUMNS)) + "\n")
        for name, (trees, scale, start) in models.items():
            for number, row in zip(numbers, rows):
                file.write(f"{name},{number}," + ",".join("%.17g" % v for v in shapley(trees, row, scale, start)) + "\n")


main()
