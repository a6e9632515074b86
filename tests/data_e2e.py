"""A user's own files: in, listed, out again, and refused in words that help."""
import gzip
import os
import unittest

import e2e
from e2e import Case, bytes_below, random_walk

HEADER = "time,open,high,low,close,volume\n"
SOUND = "2018-01-02T{:02d}:00:00Z,1.20010,1.20090,1.19950,1.20050,100\n"


def rows_below(home):
    """The files that hold rows, without the notes beside them (where they came from, what was kept out)."""
    return {path: content for path, content in bytes_below(home).items() if "note-" not in path}


class StoredSeries(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.csv = cls.folder / "EURUSD_H1.csv"
        cls.csv.write_text(random_walk(600))
        cls.imported = cls.must_json("data", "import", cls.csv, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")

    def test_import_tells_what_it_read_and_stored(self):
        file = self.imported["files"][0]
        for key in "path format symbol timeframe timezone rows_read rows_stored rows_rejected first last gaps defects".split():
            self.assertIn(key, file)
        self.assertEqual((file["symbol"], file["timeframe"]), ("EURUSD", "H1"))
        self.assertEqual((file["rows_read"], file["rows_stored"], file["rows_rejected"]), (600, 600, 0))
        self.assertEqual(file["first"][:19], "2015-01-05T00:00:00")

    def test_list_shows_it(self):
        series = self.must_json("data", "list")["series"]
        self.assertEqual(len(series), 1)
        self.assertEqual({k: series[0][k] for k in ("symbol", "timeframe", "rows", "gaps")},
                         {"symbol": "EURUSD", "timeframe": "H1", "rows": 600, "gaps": 0})
        self.assertIn("EURUSD", self.must("data", "list"))

    def test_export_gives_the_rows_back(self):
        out = self.folder / "out.csv"
        self.must("data", "export", "EURUSD", "H1", "--out", out)
        want = [line.split(",") for line in self.csv.read_text().splitlines()[1:]]
        lines = out.read_text().splitlines()
        self.assertEqual(lines[0].split(",")[:5], "time,open,high,low,close".split(","))
        rows = [line.split(",") for line in lines[1:]]
        self.assertEqual([r[0][:19] for r in rows], [w[0][:19] for w in want])
        self.assertEqual([[float(v) for v in r[1:5]] for r in rows], [[float(v) for v in w[1:5]] for w in want])

    def test_import_again_changes_no_byte(self):
        before = bytes_below(self.home)
        again = self.must_json("data", "import", self.csv, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        self.assertEqual(again["files"][0]["rows_stored"], 0)
        self.assertEqual(bytes_below(self.home), before)

    def test_contradicting_rows_stay_out_unless_asked(self):
        lines = self.csv.read_text().splitlines(keepends=True)
        time, opened, _, low, close, volume = lines[10].split(",")
        lines[10] = f"{time},{opened},9.00000,{low},{close},{volume}"
        changed = self.write("changed.csv", "".join(lines))
        home = self.folder / "other"
        words = ["--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC"]
        self.must("data", "import", self.csv, *words, home=home)
        before = rows_below(home)
        self.assertEqual(self.must_json("data", "import", changed, *words, home=home)["files"][0]["rows_conflicting"], 1)
        self.assertEqual(rows_below(home), before)
        self.must("data", "import", changed, "--replace", *words, home=home)
        self.must("data", "export", "EURUSD", "H1", "--out", self.folder / "r.csv", home=home)
        self.assertIn(",9.00000,", (self.folder / "r.csv").read_text())

    def test_resample_and_remove(self):
        home = self.folder / "short"
        self.must("data", "import", self.csv, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC", home=home)
        made = self.must_json("data", "resample", "EURUSD", "H1", "H4", home=home)["series"][0]
        self.assertEqual((made["timeframe"], made["rows"]), ("H4", 150))
        self.must("data", "remove", "EURUSD", "H1", home=home)
        self.assertEqual([s["timeframe"] for s in self.must_json("data", "list", home=home)["series"]], ["H4"])

    def test_bars_of_events_go_to_csv_and_parquet(self):
        home = self.folder / "ticks"
        quotes = "".join(f"2018-01-02T{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z,1.{20000 + i % 7},1.{20009 + i % 7},5,6\n" for i in range(5000))
        ticks = self.write("EURUSD_ticks.csv", "time,bid,ask,bid_size,ask_size\n" + quotes)
        self.must("data", "import", ticks, "--symbol", "EURUSD", home=home)
        for rule, bars in (("ticks:100", 50), ("volume:1100", 50)):
            for ending in ("csv", "parquet"):
                out = self.folder / f"bars.{ending}"
                told = self.must_json("data", "resample", "EURUSD", "ticks", rule, "--out", out, home=home)
                self.assertEqual(told["rows"], bars, rule)
            self.assertEqual(len((self.folder / "bars.csv").read_text().splitlines()), bars + 1)
            content = (self.folder / "bars.parquet").read_bytes()
            self.assertEqual((content[:4], content[-4:]), (b"PAR1", b"PAR1"))
        self.refuse(2, "data", "resample", "EURUSD", "ticks", "imbalance:50", says=["--out"], home=home)

    def test_unknown_series_is_not_found(self):
        for words in (["export", "GBPUSD", "H1", "--out", self.folder / "none.csv"], ["check", "GBPUSD", "H1"],
                      ["remove", "GBPUSD", "H1"]):
            self.refuse(4, "data", *words, says=["GBPUSD"])
        self.assertFalse((self.folder / "none.csv").exists())

    def test_wrong_words_are_wrong_usage(self):
        self.refuse(2, "data", "check", "EURUSD", "H7", says=["H7"])
        self.refuse(2, "data", "import", self.csv, "--format", "nonsense", says=["nonsense"])
        self.refuse(2, "data", "import", self.csv, "--point", "-1", says=["--point"])


class BadFiles(Case):
    def bad(self, name, content, *says, words=()):
        """The file is refused with exit 3 and nothing of it is stored."""
        path = self.write(name, content)
        self.refuse(3, "data", "import", path, "--symbol", "EURUSD", "--timezone", "UTC", *words, says=[name, *says])
        self.assertEqual(self.must_json("data", "list")["series"], [])

    def test_empty_file(self):
        self.bad("empty.csv", "", "empty")

    def test_header_without_rows(self):
        self.bad("header.csv", HEADER, "rows")

    def test_binary_file(self):
        self.bad("binary.csv", bytes(range(256)) * 40)

    def test_truncated_gzip(self):
        packed = gzip.compress(random_walk(2000).encode(), mtime=0)
        self.bad("cut.csv.gz", packed[:len(packed) // 2])

    def test_wrong_columns(self):
        self.bad("columns.csv", "alpha,beta,gamma\n1,2,3\n4,5,6\n", "line 1", "--columns")

    def test_german_header_names_the_way_out(self):
        rows = "".join(f"2018-01-02 {h:02d}:00;1,2001;1,2009;1,1995;1,2005\n" for h in range(5))
        text = "Datum;Eröffnung;Hoch;Tief;Schluss\n" + rows
        self.bad("german.csv", text, "--columns")
        done = self.must_json("data", "import", self.folder / "german.csv", "--symbol", "EURUSD", "--timezone", "UTC", "--columns",
                              "time=Datum,open=Eröffnung,high=Hoch,low=Tief,close=Schluss", "--decimal", ",",
                              home=self.folder / "german")
        self.assertEqual(done["files"][0]["rows_stored"], 5)

    def test_missing_file(self):
        self.refuse(4, "data", "import", self.folder / "nowhere.csv", says=["nowhere.csv"])


class UnsoundRows(Case):
    """One bad row does not cost the sound ones; it is refused, counted and named by line and field."""

    def one_bad(self, name, row):
        path = self.write(name + ".csv", HEADER + SOUND.format(0) + SOUND.format(1) + row + SOUND.format(3))
        home = self.folder / name
        done = self.run_program("data", "import", path, "--symbol", "EURUSD", "--timezone", "UTC", "--json", home=home)
        self.assertEqual(done.returncode, 0, done.stderr)
        file = e2e.json.loads(done.stdout)["files"][0]
        self.assertEqual((file["rows_read"], file["rows_stored"], file["rows_rejected"]), (4, 3, 1))
        defect = next(d for d in file["defects"] if d["refused"])
        self.assertEqual(defect["row"], 4, defect)
        self.assertTrue(defect["text"])
        self.assertIn(path.name, done.stderr)
        self.assertIn("line 4", done.stderr)
        return defect["kind"] + " " + defect["text"]

    def test_negative_price(self):
        self.assertIn("low", self.one_bad("negative", "2018-01-02T02:00:00Z,1.2001,1.2009,-1.1995,1.2005,100\n"))

    def test_not_a_number(self):
        self.assertIn("close", self.one_bad("nan", "2018-01-02T02:00:00Z,1.2001,1.2009,1.1995,NaN,100\n"))

    def test_high_below_low(self):
        self.assertIn("high", self.one_bad("crossed", "2018-01-02T02:00:00Z,1.2001,1.1990,1.1995,1.2005,100\n"))

    def test_date_in_the_far_future(self):
        self.one_bad("future", "2999-01-02T02:00:00Z,1.2001,1.2009,1.1995,1.2005,100\n")

    def test_two_symbols_in_one_file(self):
        text = "symbol,time,open,high,low,close\n"
        for symbol in ("EURUSD", "GBPUSD"):
            text += "".join(f"{symbol},2018-01-02T{h:02d}:00:00Z,1.2001,1.2009,1.1995,1.2005\n" for h in range(4))
        path = self.write("two.csv", text)
        self.refuse(3, "data", "import", path, "--timezone", "UTC", says=["two.csv", "GBPUSD"])
        self.assertEqual(self.must_json("data", "list")["series"], [])


class ReadOnlyHome(Case):
    def test_says_so(self):
        home = self.folder / "locked"
        home.mkdir()
        home.chmod(0o500)
        self.addCleanup(home.chmod, 0o700)
        if os.access(home, os.W_OK):
            self.skipTest("this user may write into a read-only folder (root)")
        path = self.write("bars.csv", random_walk(50))
        done = self.run_program("data", "import", path, "--symbol", "EURUSD", "--timezone", "UTC", home=home)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(str(home), done.stderr)
        self.assertEqual(list(home.iterdir()), [])


class HomeThatIsAFile(Case):
    def test_says_so(self):
        path = self.write("bars.csv", random_walk(50))
        blocked = self.write("blocked", "not a folder")
        done = self.run_program("data", "import", path, "--symbol", "EURUSD", "--timezone", "UTC", home=blocked)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("blocked", done.stderr)
        self.assertEqual(blocked.read_text(), "not a folder")


if __name__ == "__main__":
    e2e.main()
