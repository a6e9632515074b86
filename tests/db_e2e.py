"""`db`: a backup taken beside writers comes back as a home that works; what is damaged is named and never restored."""
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import unittest

import e2e
from e2e import Case


class Db(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName
        self.backup = self.folder / f"{self._testMethodName}.backup"

    def fill(self):
        self.must("journal", "load", "--count", "300", "--subjects", "3", home=self.own)
        self.must("db", "migrate", home=self.own)
        with sqlite3.connect(self.own / "tables/tables.sqlite") as tables:
            tables.execute("INSERT INTO users VALUES ('default', 'u1', 'a@example.org', 'A', 'trader', 0, 0, 1)")
        tables.close()

    def events(self, home):
        return [json.loads(line) for line in self.must("journal", "tail", "--from-start", home=home).splitlines()]

    def refused(self, code, *words, home=None):
        done = self.run_program(*words, home=home or self.own)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_a_backup_comes_back_as_a_home_that_works(self):
        self.fill()
        made = self.must_json("db", "backup", "--out", self.backup, home=self.own)
        self.assertGreaterEqual(made["databases"], 2)
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=self.backup, check=True)
        self.assertTrue(self.must_json("db", "verify", "--backup", self.backup, home=self.own)["ok"])
        copy = self.folder / "copy"
        self.assertEqual(self.must_json("db", "restore", self.backup, home=copy)["files"], made["files"])
        self.assertEqual(self.events(copy), self.events(self.own))
        told = self.must_json("db", "verify", home=copy)
        self.assertEqual((told["ok"], told["journal_events"], told["tables"]["pending"]), (True, 300, []))
        with sqlite3.connect(copy / "tables/tables.sqlite") as tables:
            self.assertEqual(tables.execute("SELECT email FROM users").fetchall(), [("a@example.org",)])
        tables.close()
        self.must("journal", "load", "--count", "10", home=copy)
        self.assertEqual(len(self.events(copy)), 310)

    def test_a_backup_beside_a_writer_holds_what_was_acknowledged(self):
        self.fill()
        words = self.command("journal", "load", "--count", "1000000", "--subjects", "3", home=self.own)
        writer = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        printed = [writer.stdout.readline().strip() for _ in range(200)]
        self.must("db", "backup", "--out", self.backup, home=self.own)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        copy = self.folder / "beside"
        self.must("db", "restore", self.backup, home=copy)
        there = {f'{e["subject"]} {e["data"]["n"]} {e["id"]}' for e in self.events(copy)}
        self.assertLessEqual(set(printed), there)
        self.assertTrue(self.must_json("db", "verify", home=copy)["ok"])

    def test_damage_is_named_and_never_restored(self):
        self.fill()
        self.must("db", "backup", "--out", self.backup, home=self.own)
        file = self.backup / "journal/events.sqlite"
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        self.assertIn("events.sqlite", self.refused(5, "db", "verify", "--backup", self.backup))
        target = self.folder / "never"
        self.refused(5, "db", "restore", self.backup, home=target)
        self.assertFalse(target.exists())
        self.refused(2, "db", "backup", "--out", self.backup)
        self.refused(2, "db", "restore", self.backup)
        self.refused(4, "db", "verify", "--backup", self.folder / "nowhere")
        self.refused(4, "db", "backup", "--out", self.folder / "b", home=self.folder / "no-home")
        with sqlite3.connect(self.own / "tables/tables.sqlite") as tables:
            tables.execute("DROP INDEX \"users.by_email\"")
        tables.close()
        self.assertIn("indexes", self.refused(5, "db", "verify"))

    def test_tables_go_forward_once_and_never_back(self):
        planned = self.must_json("db", "migrate", "--dry-run", home=self.own)
        self.assertFalse((self.own / "tables").exists())
        first = self.must_json("db", "migrate", home=self.own)
        self.assertEqual((first["done"], first["done_before"]), (planned["pending"], []))
        self.assertEqual(self.must_json("db", "migrate", home=self.own)["done"], [])
        before = hashlib.sha256((self.own / "tables/tables.sqlite").read_bytes()).hexdigest()
        with sqlite3.connect(self.own / "tables/tables.sqlite") as tables:
            tables.execute("INSERT INTO \"aitrading.migrations\" VALUES (99, 'from-the-future', 'x')")
        tables.close()
        for command in ("migrate", "verify"):
            self.assertIn("newer program", self.refused(5, "db", command))
        with sqlite3.connect(self.own / "tables/tables.sqlite") as tables:
            tables.execute("DELETE FROM \"aitrading.migrations\" WHERE number = 99")
            tables.execute("UPDATE \"aitrading.migrations\" SET checksum = 'y' WHERE number = 2")
        tables.close()
        self.assertIn("0002-strategies", self.refused(5, "db", "migrate"))
        self.assertTrue(before)


if __name__ == "__main__":
    e2e.main()
