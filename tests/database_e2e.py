"""The database service under `up`: what it keeps, for whom, within which quota, on which engines, and what its faults say."""
import base64
import http.client
import json
import os
import resource
import signal
import sqlite3
import ssl
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

import e2e
from e2e import Case, random_walk
from up_e2e import Platform

SERVICE = "database-service"


class Client:
    """JSON over HTTP, with a client certificate where one is named."""

    def __init__(self, url, context=None):
        self.url, self.context = url, context

    def __call__(self, method, path, body=None):
        """(status, JSON or text, headers)"""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
                return answer.status, json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as e:
            return e.code, json.loads(e.read()), e.headers

    def must(self, method, path, body=None):
        status, told, _ = self(method, path, body)
        assert status == 200, (path, status, told)
        return told

    def note(self, name, value, **more):
        cells = {"kind": {"text": "note"}, "id": {"text": name}, "value": {"text": value}, "changed": {"instant_ns": "0"}}
        return self("POST", "/v1/tables:write", {"writes": [{"table": "metadata", "put": {"cells": cells}}], **more})

    def notes(self):
        rows = self.must("POST", "/v1/tables/metadata:list", {"prefix": [{"text": "note"}]})["rows"]
        return {r["cells"]["id"]["text"]: r["cells"]["value"]["text"] for r in rows}

    def put(self, key, value):
        return self("PUT", "/v1/values/" + urllib.parse.quote(key, safe=""), {"value": base64.b64encode(value).decode()})

    def value(self, key):
        told = self.must("GET", "/v1/values/" + urllib.parse.quote(key, safe=""))
        return base64.b64decode(told["value"]) if told["found"] else None

    def upload(self, content, label="", part=600_000):
        """Status and answer of the last part that was sent."""
        upload = ""
        for at in range(0, max(1, len(content)), part):
            status, told, _ = self("POST", "/v1/objects", {"content": base64.b64encode(content[at:at + part]).decode(), "label": label, "append_to": upload, "offset": str(at),
                                                           "last": at + part >= len(content)})
            if status != 200:
                break
            upload = told["upload"]
        return status, told

    def object(self, name):
        out, size = b"", 1
        while len(out) < size:
            told = self.must("GET", f"/v1/objects/{name}?offset={len(out)}&bytes_max=400000")
            out, size = out + base64.b64decode(told["content"]), int(told["size_bytes"])
        return out


class Database(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName

    def up(self, **environment):
        platform = Platform(self, "up", "--only", SERVICE, "--any-ports", home=self.own, environment=environment)
        return platform, Client(platform.url[SERVICE])

    def refuse_up(self, code, says, never="hunter2", **environment):
        done = subprocess.run(self.command("up", "--only", SERVICE, "--any-ports", home=self.own), capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(says, done.stderr)
        self.assertNotIn(never, done.stderr)

    def test_a_request_that_does_not_end_holds_no_stop(self):
        platform, client = self.up()
        client.note("1", "one")
        # Somebody holds the file; a write waits for it, longer than a stop may take.
        with sqlite3.connect(self.own / "tables/tables.sqlite", isolation_level=None) as tables:
            tables.execute("BEGIN IMMEDIATE")
            asked = http.client.HTTPConnection(client.url.removeprefix("http://"))
            cells = {"kind": {"text": "note"}, "id": {"text": "2"}, "value": {"text": "two"}, "changed": {"instant_ns": "0"}}
            asked.request("POST", "/v1/tables:write", json.dumps({"writes": [{"table": "metadata", "put": {"cells": cells}}]}), {"Content-Type": "application/json"})
            for _ in range(20):  # each asked later: by then a worker has the write
                client.must("GET", "/v1/health")
            code, said = platform.stop()
            asked.close()
            tables.execute("ROLLBACK")
        self.assertEqual(code, 1, said)
        self.assertIn("requests of database-service run on after the deadline; the process ends without them", said)
        again, client = self.up()
        self.assertEqual(client.notes(), {"1": "one"})
        self.assertEqual(again.stop()[0], 0)

    def test_all_stores_answer_and_keep_over_a_stop_and_a_kill(self):
        platform, client = self.up()
        writable = {t["table"]: t["writable"] for t in client.must("GET", "/v1/tables")["tables"]}
        self.assertEqual(writable, {"metadata": True, "strategies": True, "usage": False, "users": False})
        self.assertEqual(client.note("1", "one", idempotency_key="k")[1], {"written": "1"})
        self.assertEqual(client.note("1", "one", idempotency_key="k")[0], 200)
        self.assertEqual(client.note("1", "other", idempotency_key="k")[0], 400)
        self.assertEqual(client.put("a key: ü", b"\0\xff")[1], {"stored": True})
        content = bytes(range(256)) * 6_000
        status, told = client.upload(content, "reports/1")
        self.assertEqual((status, int(told["size_bytes"])), (200, len(content)), told)
        self.assertEqual(client.object(told["sha256"]), content)
        self.assertEqual(platform.stop()[0], 0)

        def all_there(asked):
            self.assertEqual(asked.notes(), {"1": "one"})
            self.assertEqual(asked.value("a key: ü"), b"\0\xff")
            self.assertEqual([o["label"] for o in asked.must("GET", "/v1/objects?label_prefix=reports/")["objects"]], ["reports/1"])
            self.assertEqual(asked.object(told["sha256"]), content)
        second, client = self.up()
        all_there(client)
        self.assertEqual(client.note("2", "two")[0], 200)
        second.process.send_signal(signal.SIGKILL)
        second.process.wait()
        _, client = self.up()
        self.assertEqual(client.notes(), {"1": "one", "2": "two"})
        self.assertEqual(client.object(told["sha256"]), content)

    def test_series_are_read_page_by_page(self):
        bars = self.write("walk.csv", random_walk(100))
        self.must("data", "import", bars, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC", home=self.own)
        _, client = self.up()
        self.assertEqual(client.must("GET", "/v1/series")["series"][0]["rows"], "100")
        seen, start = [], 0
        while True:
            page = client.must("GET", f"/v1/series/EURUSD/TIMEFRAME_H1/bars?rows_max=30&from_ns={start}")
            seen += page["bars"]
            start = int(page["next_from_ns"])
            if start == 0:
                break
        self.assertEqual(len(seen), 100)
        self.assertEqual(int(seen[0]["known_ns"]) - int(seen[0]["open_time_ns"]), 3_600_000_000_000)
        self.assertEqual(client("GET", "/v1/series/NOBODY/TIMEFRAME_H1/bars")[0], 404)

    def test_quotas_refuse_with_the_time_to_wait_and_change_while_it_runs(self):
        self.own.mkdir()
        settings = self.own / "settings.toml"
        settings.write_text('AITRADING_QUOTA_REQUESTS_PER_S = "0.05"\nAITRADING_QUOTA_REQUESTS_BURST = "5"\nAITRADING_QUOTA_VALUES = "1"\n')
        platform, client = self.up()
        self.assertEqual(client.put("a", b"1")[0], 200)
        status, told, _ = client.put("b", b"1")
        self.assertEqual((status, told["error"]), (403, "gate_refused"), told)
        for _ in range(3):
            client.must("GET", "/v1/tables")
        status, told, headers = client("GET", "/v1/tables")
        self.assertEqual((status, told["error"], told["retry"]), (429, "gate_refused", True))
        self.assertIn(int(headers["Retry-After"]), range(1, 21))
        self.assertEqual(client("GET", "/v1/readiness")[0], 200, "what monitors ask has no quota")
        with urllib.request.urlopen(platform.url[SERVICE] + "/metrics", timeout=20) as metrics:
            told = metrics.read().decode()
        self.assertIn('database_refused_total{quota="requests",tenant="default"} 1', told)
        self.assertIn('database_refused_total{quota="values",tenant="default"} 1', told)
        settings.write_text('AITRADING_QUOTA_REQUESTS_BURST = "1000"\n')
        platform.process.send_signal(signal.SIGHUP)
        for line in platform.process.stderr:
            if "changed" in line:
                break
        self.assertEqual(client.put("b", b"1")[0], 200)
        settings.write_text('AITRADING_QUOTA_REQUESTS_BURST = "0"\n')
        platform.stop()
        self.refuse_up(3, "AITRADING_QUOTA_REQUESTS_BURST")

    def test_wrong_addresses_and_dead_servers_are_named_and_secrets_are_not(self):
        self.refuse_up(1, "setting POSTGRES_URL", POSTGRES_URL="postgresql://u:hunter2@127.0.0.1:1/db")
        self.refuse_up(3, "setting POSTGRES_URL", POSTGRES_URL="http://u:hunter2@127.0.0.1/db")
        self.refuse_up(1, "setting POSTGRES_URL", POSTGRES_URL="postgresql://127.0.0.1:hunter2/db")
        self.refuse_up(1, "setting DRAGONFLYDB_URL", DRAGONFLYDB_URL="redis://:hunter2@127.0.0.1:1/0")
        self.refuse_up(2, "setting DRAGONFLYDB_URL", DRAGONFLYDB_URL="redis://:hunter2@127.0.0.1:1/zero")

    def test_tables_that_are_behind_wait_for_a_migration(self):
        self.must("db", "migrate", home=self.own)
        with sqlite3.connect(self.own / "tables/tables.sqlite") as tables:
            tables.execute("DROP TABLE object_labels")
            tables.execute('DELETE FROM "aitrading.migrations" WHERE name = \'0006-object-labels\'')
        tables.close()
        self.refuse_up(5, "aitrading db migrate")
        self.assertIn("0006-object-labels", self.must("db", "migrate", home=self.own))
        _, client = self.up()
        self.assertEqual(client.must("GET", "/v1/objects")["objects"], [])

    def test_a_damaged_snapshot_is_named(self):
        platform, client = self.up()
        client.put("k", b"v")
        platform.stop()
        snapshot = self.own / "values/values.snapshot"
        data = bytearray(snapshot.read_bytes())
        data[len(data) // 2] ^= 1
        snapshot.write_bytes(data)
        self.refuse_up(5, "values.snapshot")

    def test_a_full_disk_is_told_and_leaves_nothing_half_written(self):
        limit = 2_000_000  # of any one file: what goes beyond is refused as a full disk would
        words = self.command("--json", "up", "--only", SERVICE, "--any-ports", home=self.own)

        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=small_disk, restore_signals=False) as process:
            self.addCleanup(process.kill)
            text = ""
            for line in process.stdout:
                text += line
                if line == "}\n":
                    break
            client = Client(json.loads(text)["services"][0]["url"])
            self.assertEqual(client.upload(b"x" * 1_000_000)[0], 200)
            status, told = client.upload(b"y" * 3_000_000)
            self.assertEqual((status, told["error"]), (500, "failed"), told)
            status, told, _ = client("GET", "/v1/readiness")
            self.assertEqual(status, 503)
            self.assertIn("archive: ", told["dependencies"][0]["reason"])
            self.assertEqual(client.note("1", "one")[0], 200, "the other stores go on")
            self.assertEqual(client.upload(b"z")[0], 200)
            self.assertEqual(client("GET", "/v1/readiness")[0], 200, "it takes objects again")
            self.assertEqual(sorted(int(o["size_bytes"]) for o in client.must("GET", "/v1/objects")["objects"]), [1, 1_000_000])
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0)

    @unittest.skipUnless("AITRADING_TEST_POSTGRES" in os.environ and "AITRADING_TEST_REDIS" in os.environ, "no PostgreSQL or Redis server: ./dev test --with-servers starts them")
    def test_on_servers_it_keeps_the_same(self):
        servers = {"POSTGRES_URL": os.environ["AITRADING_TEST_POSTGRES"], "DRAGONFLYDB_URL": os.environ["AITRADING_TEST_REDIS"]}
        name = f"e2e-{os.getpid()}"
        platform, client = self.up(**servers)
        self.assertEqual(client.note(name, "one", idempotency_key=name)[0], 200)
        self.assertEqual(client.put(name, b"v")[1], {"stored": True})
        self.assertEqual(client.upload(b"a report", name)[0], 200)
        platform.process.send_signal(signal.SIGKILL)
        platform.process.wait()
        self.assertFalse((self.own / "tables").exists())
        platform, client = self.up(**servers)
        self.assertEqual(client.notes()[name], "one")
        self.assertEqual(client.value(name), b"v")
        self.assertEqual([o["label"] for o in client.must("GET", f"/v1/objects?label_prefix={name}")["objects"]], [name])
        self.assertEqual(client("DELETE", f"/v1/values/{name}")[1], {"removed": True})
        platform.stop()
        for words in (("db", "verify"), ("db", "migrate")):
            done = subprocess.run(self.command(*words, "--json", home=self.own), capture_output=True, text=True, timeout=60, env={**os.environ, **servers})
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_huge_and_damaged_requests_are_refused(self):
        _, client = self.up()
        self.assertEqual(client.put("k", b"x" * 1_000_000)[0], 413)
        self.assertEqual(client.put("k", b"x" * 700_000)[0], 200)
        self.assertEqual(len(client.value("k")), 700_000)
        self.assertEqual(client("GET", "/v1/values?page=beef")[0], 400)
        self.assertEqual(client("POST", "/v1/tables/metadata:list", {"page": "AAAA"})[0], 400)
        self.assertEqual(client("POST", "/v1/tables/metadata:list", {"rows_max": 100_000})[0], 400)
        self.assertEqual(client("POST", "/v1/tables/service_writes:list", {})[0], 404)
        self.assertEqual(client("GET", "/v1/histories/nothing/rows")[0], 400)


class Tenants(Case):
    """Two tenants over TLS, each with a certificate of its own."""

    def certificate(self, name, *more):
        base = self.folder / name
        words = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{base}.key", *more]
        subprocess.run(words, check=True, capture_output=True)
        return f"{base}.pem"

    def issue(self, name):
        self.certificate(name, "-out", str(self.folder / f"{name}.csr"))
        extensions = self.write(f"{name}.ext", "subjectAltName=IP:127.0.0.1\n")
        subprocess.run(["openssl", "x509", "-req", "-in", self.folder / f"{name}.csr", "-CA", self.folder / "authority.pem", "-CAkey", self.folder / "authority.key", "-CAcreateserial",
                        "-days", "2", "-extfile", extensions, "-out", self.folder / f"{name}.pem"], check=True, capture_output=True)

    def client(self, url, name):
        context = ssl.create_default_context(cafile=self.folder / "authority.pem")
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return Client(url, context)

    def test_no_call_reaches_what_is_anothers(self):
        self.certificate("authority", "-x509", "-days", "2", "-out", str(self.folder / "authority.pem"))
        for name in ("server", "acme", "acme2"):
            self.issue(name)
        platform = Platform(self, "up", "--only", SERVICE, "--any-ports", environment={
            "AITRADING_TLS_CERTIFICATE": str(self.folder / "server.pem"), "AITRADING_TLS_KEY": str(self.folder / "server.key"), "AITRADING_TLS_AUTHORITIES": str(self.folder / "authority.pem"),
            "AITRADING_QUOTA_REQUESTS_BURST": "60", "AITRADING_QUOTA_REQUESTS_PER_S": "0.01"}, home=self.home)
        acme, other = (self.client(platform.url[SERVICE], name) for name in ("acme", "acme2"))
        for i in range(5):
            self.assertEqual(acme.note(f"n{i}", "acme's")[0], 200)
        acme.put("k", b"acme's")
        acme.put("k2", b"acme's")
        _, told = acme.upload(b"acme's", "reports/1")
        self.assertEqual(other.note("n1", "the other's")[0], 200)
        self.assertEqual(other.notes(), {"n1": "the other's"})
        self.assertEqual(acme.notes()["n1"], "acme's")
        self.assertIsNone(other.value("k"))
        self.assertEqual(other.must("GET", "/v1/values")["keys"], [])
        self.assertEqual(other("GET", f"/v1/objects/{told['sha256']}")[0], 404)
        self.assertEqual(other.must("GET", "/v1/objects")["objects"], [])
        page = acme.must("GET", "/v1/values?keys_max=1")["next_page"]
        self.assertEqual(other("GET", f"/v1/values?keys_max=1&page={page}")[0], 400)
        rows = acme.must("POST", "/v1/tables/metadata:list", {"rows_max": 2})
        self.assertEqual(other("POST", "/v1/tables/metadata:list", {"rows_max": 2, "page": rows["next_page"]})[0], 400)
        upload = acme.must("POST", "/v1/objects", {"content": "YQ=="})["upload"]
        self.assertEqual(other("POST", "/v1/objects", {"content": "YQ==", "append_to": upload, "last": True})[0], 404)
        while acme("GET", "/v1/series")[0] == 200:
            pass
        self.assertEqual(acme("GET", "/v1/series")[0], 429)
        self.assertEqual(other("GET", "/v1/series")[0], 200, "one tenant's quota is not the other's")


if __name__ == "__main__":
    e2e.main()
