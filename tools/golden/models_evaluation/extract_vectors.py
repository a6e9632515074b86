#!/usr/bin/env python3
"""Copies the vectors that the tests of models/evaluation need out of ml-vectors.json.

usage: extract_vectors.py ML-VECTORS.JSON OUT.JSON
"""
import json
import sys

NEEDED = ["psr", "dsr", "min-track-record", "pbo-cscv", "cpcv-12-3-2", "block-length", "spa-variance",
          "calibration-curve-doc", "metrics-doc", "metric-panel", "precision-needed", "label-uniqueness",
          "triple-barrier", "gaussian-signal-law", "confseq", "msprt", "e-value-betting"]


def main() -> None:
    source, out = sys.argv[1:3]
    with open(source, encoding="utf-8") as f:
        vectors = {v["id"]: v for v in json.load(f)["vectors"]}
    with open(out, "w", encoding="utf-8") as f:
        json.dump({name: vectors[name] for name in NEEDED}, f, indent=0, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
