"""The feature matrix of a stored series as CSV and as Parquet."""
import csv
import unittest

import e2e
from e2e import Case, random_walk


def table(path):
    with path.open() as lines:
        return list(csv.reader(lines))


class Features(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = cls.folder / "EURUSD.csv"
        source.write_text(random_walk(1200))
        cls.must("data", "import", source, "--symbol", "EURUSD", "--timezone", "UTC")

    def test_csv_has_a_row_for_each_bar_and_rows_do_not_depend_on_from(self):
        whole, late = self.folder / "whole.csv", self.folder / "late.csv"
        told = self.must_json("features", "EURUSD", "H1", "--out", whole)
        rows = table(whole)
        self.assertEqual((told["rows"], len(rows)), (1200, 1201))
        self.assertEqual(rows[0], ["time"] + [c["name"] for c in told["manifest"]["columns"]])
        begin = rows[700][0]
        self.assertEqual(self.must_json("features", "EURUSD", "H1", "--out", late, "--from", begin)["rows"], 501)
        self.assertEqual(table(late)[1:], rows[700:])

    def test_parquet_is_whole_and_carries_the_manifest(self):
        out = self.folder / "matrix.parquet"
        told = self.must_json("features", "EURUSD", "H1", "--out", out)
        content = out.read_bytes()
        self.assertEqual((content[:4], content[-4:]), (b"PAR1", b"PAR1"))
        self.assertEqual(told["rows"], 1200)
        self.assertIn(told["manifest"]["hash"].encode(), content)
        again = self.folder / "again.parquet"
        self.must("features", "EURUSD", "H1", "--out", again)
        self.assertEqual(again.read_bytes(), content)

    def test_nothing_half_written(self):
        self.refuse(1, "features", "EURUSD", "H1", "--out", self.folder / "no" / "x.parquet", says=["x.parquet", "--out"])
        self.refuse(4, "features", "GBPUSD", "H1", "--out", self.folder / "x.parquet", says=["GBPUSD"])
        self.assertFalse((self.folder / "x.parquet").exists())


if __name__ == "__main__":
    e2e.main()
