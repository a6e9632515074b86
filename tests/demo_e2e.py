"""The demonstration on the bundled real samples."""
import os
import unittest
from pathlib import Path

import e2e
from e2e import Case


class Demo(Case):
    def test_three_results_a_backtest_and_a_report(self):
        samples = Path(os.environ.get("AITRADING_SAMPLES", ""))
        if not os.environ.get("AITRADING_SAMPLES") or not (samples / "EURUSD_H1.csv").exists():
            self.skipTest("AITRADING_SAMPLES names no folder with EURUSD_H1.csv; ./dev setup fetches it")
        result = self.must_json("demo")
        for key in ("report", "panel", "backtest"):
            self.assertIn(key, result)
        page = Path(result["report"])
        self.assertTrue(page.is_relative_to(self.home), page)
        self.assertIn("<svg", page.read_text())
        for panel in result["panel"].values():
            self.check_panel(panel)
        self.assertGreaterEqual(result["panel"]["market_strong"]["accuracy"], 0.73)
        self.assertLess(result["panel"]["eurusd_next_bar"]["accuracy"], 0.56)
        self.assertTrue(result["backtest"]["hash"])


if __name__ == "__main__":
    e2e.main()
