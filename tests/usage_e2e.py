"""What a person meets first: version, help with examples, and the answer to a slip of the pen."""
import json
import re
import unittest

import e2e
from e2e import Case


class Usage(Case):
    def subcommands(self, *words):
        """Every command path below `words`, read from the help text itself."""
        text = self.must(*words, "--help")
        section = re.search(r"(?ms)^Subcommands:\n(.*?)(?=^\S|\Z)", text)
        names = re.findall(r"(?m)^  ([a-z][a-z_-]*)", section.group(1)) if section else []
        for name in names:
            yield [*words, name]
            yield from self.subcommands(*words, name)

    def test_version_says_version_commit_and_build(self):
        self.assertRegex(self.must("--version"), r"^aitrading \d+\.\d+\.\d+ \(\S+, \w+\)")

    def test_version_is_the_programs_behind_any_command_but_never_that_of_a_model(self):
        version = self.must("--version")
        for words in (["data"], ["data", "list"], ["train"], ["models"]):
            self.assertEqual(self.must(*words, "--version"), version)
        self.refuse(2, "backtest", "EURUSD", "H1", "--strategy", "model:some", "--version", "2", says=["--version"])
        self.refuse(4, "models", "show", "some", "--version", "2", says=["no model some"])

    def test_help_of_every_command_has_an_example(self):
        paths = list(self.subcommands())
        self.assertIn(["data", "import"], paths)
        self.assertIn(["evaluate"], paths)
        missing = []
        for path in paths:
            text = self.must(*path, "--help")
            if "Example" not in text and "not available yet" not in text:
                missing.append(" ".join(path))
        self.assertEqual(missing, [])

    def test_slips_are_wrong_usage(self):
        for words in (["data", "list", "--bogus"], ["bogus"], [], ["data"], ["data", "list", "--threads", "0"],
                      ["data", "list", "--seed", "many"], ["train", "EURUSD", "H1"]):
            self.refuse(2, *words)

    def test_a_mistyped_command_is_told_its_nearest(self):
        self.refuse(2, "backtset", "EURUSD", "H1", says=["backtset", "did you mean 'backtest'"])
        self.refuse(2, "--threads", "2", "data", "imprt", "x.csv", says=["did you mean 'import'", "aitrading data --help"])

    def test_json_is_one_document(self):
        for words in (["data", "list"], ["models", "list"], ["indicators", "list"]):
            self.assertIsInstance(json.loads(self.must(*words, "--json")), dict)

    def test_looking_writes_nothing(self):
        self.must("indicators", "list")
        self.must("data", "list")
        self.must("models", "list")
        self.assertEqual([p for p in self.home.rglob("*") if p.is_file() and p.name != "format"], [])

    def test_indicators_over_a_file(self):
        source = self.write("bars.csv", e2e.random_walk(60))
        out = self.folder / "columns.csv"
        self.must("indicators", "compute", "--input", source, "--indicator", "rsi(14)", "macd(12,26,9)", "--out", out)
        lines = out.read_text().splitlines()
        self.assertEqual(lines[0].split(",")[0:2], ["time", "rsi(14)"])
        self.assertEqual(len(lines), 61)
        self.assertEqual(lines[1].split(",")[1], "")
        self.assertNotEqual(lines[-1].split(",")[1], "")
        self.refuse(2, "indicators", "compute", "--input", source, "--indicator", "wisdom(3)", "--out", out, says=["wisdom"])


if __name__ == "__main__":
    e2e.main()
