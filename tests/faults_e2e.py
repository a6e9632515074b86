"""A disk and a wall clock that fail under a running platform: each fault with its stated outcome (docs/kit.md, docs/platform.md)."""
import errno
import json
import os
import resource
import signal
import struct
import time
import unittest

import e2e
from e2e import Case
from running_e2e import GIVE_UP, post
from up_e2e import Platform, get

DAY = 86_400 * 10 ** 9


class Faults(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName
        self.control = self.folder / (self._testMethodName + ".faults")
        self.told = dict(write=0, sync=0, open=0, clock=0)
        self.tell()

    def tell(self, **changes):
        """What fails from now on, also under a program that runs."""
        self.told.update(changes)
        data = struct.pack("qqqq", *self.told.values())
        with open(self.control, "r+b" if self.control.exists() else "wb") as file:
            file.write(data)

    def shimmed(self, folder="journal"):
        shim = os.environ.get("AITRADING_FAULT_SHIM", "build/release/tests/libfault_shim.so")
        if not os.path.exists(shim):
            self.skipTest("the shim is not built: ninja fault_shim")
        # The address sanitizer wants to be first; what lies before it here replaces no allocation.
        return {"LD_PRELOAD": os.path.abspath(shim), "AIT_FAULTS": str(self.control), "AIT_FAULT_FOLDER": str(self.own / folder), "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
                "AITRADING_CHECK_PERIOD": "0.2"}

    def until(self, ask, what):
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            if seen := ask():
                return seen
        self.fail(what)

    def publish(self, platform, account="main"):
        body = {"events": [{"type": "EngageKillSwitch", "data_json": json.dumps({"account": account, "reason": "drill"})}]}
        return post(platform.url["database-service"] + "/v1/topics/risk.commands/events", body)

    def commands(self):
        return [json.loads(line) for line in self.must("journal", "tail", "--from-start", "--topic", "risk.commands", home=self.own).splitlines()]

    def expect_stopped_journal(self, platform, before, says):
        """The journal has stopped, says why, answers what it has, and everything acknowledged is there after the next start."""
        status, told = self.publish(platform, "too-late")
        self.assertGreaterEqual(status, 500, told)
        url = platform.url["database-service"]
        status, body = self.until(lambda: (a := get(url + "/v1/readiness"))[0] == 503 and a, "readiness says so")
        self.assertIn(says, body)
        seen = next(s for s in self.must_json("status", home=self.own)["services"] if s["service"] == "database-service")
        self.assertEqual(seen["state"], "degraded")
        self.assertIn(says, seen["last_error"])
        self.assertEqual(get(url + "/v1/health")[0], 200, "it lives")
        held = sum(len(json.loads(get(url + f"/v1/topics/risk.commands/partitions/{p}/events")[1]).get("events", [])) for p in range(4))
        self.assertEqual(held, before, "reading goes on")
        self.tell(write=0, sync=0, open=0)
        self.assertGreaterEqual(self.publish(platform, "too-late")[0], 500, "it does not go on by itself: a disk that failed once is not trusted")
        code, said = platform.stop(signal.SIGTERM)
        self.assertEqual(code, 0, said)
        again = Platform(self, "up", "--any-ports", home=self.own)
        self.assertEqual(self.publish(again, "after")[0], 200)
        self.assertEqual(again.stop()[0], 0)
        accounts = [e["subject"] for e in self.commands()]
        self.assertEqual(accounts.count("main"), before)
        self.assertEqual(accounts.count("after"), 1)
        self.assertTrue(self.must_json("journal", "verify", home=self.own)["ok"])

    def fault(self, says, **faults):
        platform = Platform(self, "up", "--any-ports", home=self.own, environment=self.shimmed())
        for _ in range(5):
            self.assertEqual(self.publish(platform)[0], 200)
        self.tell(**faults)
        self.expect_stopped_journal(platform, 5, says)

    def test_a_full_disk_stops_the_journal_and_nothing_else(self):
        self.fault("no space is left", write=errno.ENOSPC)

    def test_a_disk_that_became_read_only_stops_the_journal_and_nothing_else(self):
        self.fault("the disk refused", write=errno.EROFS, sync=errno.EROFS, open=errno.EROFS)

    def test_a_sync_that_fails_stops_the_journal_and_is_not_tried_again(self):
        self.fault("the disk refused", sync=errno.EIO)

    def test_a_file_that_may_not_grow_is_a_full_disk(self):
        platform = Platform(self, "up", "--any-ports", home=self.own, environment={"AITRADING_CHECK_PERIOD": "0.2"})
        for _ in range(5):
            self.assertEqual(self.publish(platform)[0], 200)
        hard = resource.prlimit(platform.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(platform.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        self.expect_stopped_journal(platform, 5, "the disk refused")

    def test_a_read_only_home_is_refused_with_its_name(self):
        self.own.mkdir()
        self.tell(open=errno.EROFS)
        done = self.run_shimmed("up", "--any-ports", folder="journal")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("journal", done.stderr)
        self.assertIn("Read-only file system", done.stderr)

    def run_shimmed(self, *words, folder):
        import subprocess
        return subprocess.run(self.command(*words, home=self.own), capture_output=True, text=True, timeout=120, env={**os.environ, **self.shimmed(folder)})

    def test_a_wall_clock_that_steps_reorders_nothing_and_makes_no_deadline_pass(self):
        soon = {"key": "account-7", "saga": "order", "instance": "in an hour", "due_ns": str(time.time_ns() + 3_600 * 10 ** 9)}
        self.must("journal", "publish", "--type", "SagaDeadlineSet", stdin=json.dumps(soon) + "\n", home=self.own)
        platform = Platform(self, "up", "--any-ports", home=self.own, environment=self.shimmed())
        url = platform.url["database-service"]
        waiting = lambda: "\ndeadlines_waiting 1" in get(url + "/metrics")[1]
        self.until(waiting, "the deadline is known")
        passed = lambda: [e for e in map(json.loads, self.must("journal", "tail", "--from-start", "--topic", "ops.timers", home=self.own).splitlines()) if e["type"] == "SagaDeadlinePassed"]
        for step in (0, DAY, -DAY, 2 * DAY, 0):
            self.tell(clock=step)
            for _ in range(3):
                self.assertEqual(self.publish(platform)[0], 200)
            self.assertEqual(get(url + "/v1/readiness")[0], 200)
            self.assertTrue(waiting())
        events = self.commands()
        self.assertEqual([e["sequence"] for e in events], list(range(1, 16)))
        ids = [e["id"] for e in events]
        self.assertEqual(ids, sorted(ids), "ids rise, whatever the clock says")
        times = [e["time"] for e in events]
        self.assertNotEqual(times, sorted(times), "times are what the clock said")
        self.assertEqual(passed(), [], "an hour is an hour")
        self.assertEqual(platform.stop()[0], 0)
        self.tell(clock=DAY)
        again = Platform(self, "up", "--any-ports", home=self.own, environment=self.shimmed())
        self.until(passed, "a new process asks the clock again")
        self.assertEqual(again.stop()[0], 0)


if __name__ == "__main__":
    e2e.main()
