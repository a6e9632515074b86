"""The platform in one process: ready, seen, told, stopped; and what listens where."""
import glob
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import e2e
from e2e import Case, Platform


def get(url, headers=None):
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


# An IPv4 address on a socket of IPv6, as gRPC opens them; a socket of IPv6 that listens to all is its own 32 zeros.
MAPPED = "0000000000000000FFFF0000"


def certificates(folder, *names):
    """An authority in `folder` and what it issues to each name."""
    folder.mkdir()

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=test authority", "-days", "2")
    for name in names:
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "1", "-extfile", "names")


def handshake(port, alpn, folder, name, newest=ssl.TLSVersion.TLSv1_3):
    """The version of TLS that was agreed on and used; None: refused. Under 1.3 a client learns it only when it reads."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode, context.maximum_version = False, ssl.CERT_NONE, newest
    context.set_alpn_protocols([alpn])
    if name:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, context.wrap_socket(plain) as secure:
            if alpn == "h2":
                secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            else:
                secure.sendall(b"GET /v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
            return secure.version() if secure.recv(1) else None
    except OSError:
        return None


def listening_addresses(pid):
    """Local addresses of the sockets that a process listens on."""
    inodes = {m.group(1) for f in glob.glob(f"/proc/{pid}/fd/*") for m in [re.match(r"socket:\[(\d+)\]", os.readlink(f))] if m}
    out = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as lines:
            out += [words[1].removeprefix(MAPPED) for words in map(str.split, lines) if words[3] == "0A" and words[9] in inodes]
    return out


class Up(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName

    def test_is_ready_answers_and_stops(self):
        platform = Platform(self, "up", "--any-ports", home=self.own)
        url = platform.url["log-service"]
        self.assertEqual(get(url + "/v1/health")[0], 200)
        status, body = get(url + "/v1/readiness")
        self.assertEqual((status, json.loads(body)["ready"]), (200, True), body)
        self.assertIn("http_requests_total", get(url + "/metrics")[1])
        self.assertEqual(get(url + "/nowhere")[0], 404)
        seen = {s["service"]: s for s in self.must_json("status", home=self.own)["services"]}
        self.assertGreaterEqual(len(seen), 24)
        self.assertEqual(seen["log-service"]["state"], "ready")
        self.assertIn("aitrading", seen["log-service"]["version"])
        told = {s["service"]: s["rpc_port"] for s in platform.told["services"]}
        self.assertEqual({name: seen[name]["rpc_port"] for name in told}, told)
        self.assertEqual(json.loads((self.own / f"run/{platform.process.pid}.json").read_text())["rpc_ports"], {name: port for name, port in told.items() if port})
        self.assertEqual(seen["api-gateway"]["state"], "not available")
        self.assertTrue(seen["api-gateway"]["reason"])
        code, told = platform.stop()
        self.assertEqual(code, 0, told)
        self.assertRegex(told, r"ready in [\d.]+ s: .*log-service http://127")
        self.assertIn("stopped in", told)
        after = {s["service"]: s["state"] for s in self.must_json("status", home=self.own)["services"]}
        self.assertEqual(after["log-service"], "not running")

    def test_a_request_leaves_its_record_in_the_journal_under_its_trace(self):
        platform = Platform(self, "up", "--only", "log-service", "--any-ports", home=self.own)
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        get(platform.url["log-service"] + "/nowhere?token=abc", {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        _, body = get(platform.url["log-service"] + f"/v1/logs?trace={trace}")
        records = json.loads(body)["records"]
        self.assertEqual([(r["service"], r["record"]["outcome"], r["record"]["keys"]["target"]) for r in records], [("log-service", "failed", "/nowhere?token=***")])
        self.assertEqual(platform.stop(signal.SIGTERM)[0], 0)
        events = [json.loads(line) for line in self.must("journal", "tail", "--from-start", "--topic", "logs.records", home=self.own).splitlines()]
        self.assertIn(trace, json.dumps(events))
        self.assertNotIn("abc\"", json.dumps(events))
        self.assertTrue(self.must_json("journal", "verify", home=self.own)["ok"])

    def test_listens_on_loopback_alone_unless_told(self):
        platform = Platform(self, "up", "--any-ports", home=self.own)
        addresses = listening_addresses(platform.process.pid)
        self.assertTrue(addresses)
        for address in addresses:
            self.assertEqual(address.split(":")[0], "0100007F", address)
        self.assertEqual(platform.stop()[0], 0)
        told = Platform(self, "up", "--any-ports", home=self.own, environment={"AITRADING_LISTEN": "0.0.0.0"})
        rpc_ports = {s["rpc_port"] for s in told.told["services"]}
        for address, port in (a.split(":") for a in listening_addresses(told.process.pid)):
            self.assertEqual(address, "0100007F" if int(port, 16) in rpc_ports else "00000000", "gRPC without TLS stays on loopback")

    def test_with_certificates_both_ports_speak_tls_and_know_their_callers(self):
        keys = self.folder / "keys"
        certificates(keys, "server", "acme")
        certificates(self.folder / "strangers", "mallory")
        names = {"CERTIFICATE": "server.pem", "KEY": "server.key", "AUTHORITIES": "authority.pem"}
        platform = Platform(self, "up", "--any-ports", home=self.own, environment={f"AITRADING_TLS_{name}": str(keys / file) for name, file in names.items()})
        ports = [(port, alpn) for s in platform.told["services"] for port, alpn in ((s["port"], "http/1.1"), (s["rpc_port"], "h2")) if port]
        for port, alpn in ports:
            self.assertEqual(handshake(port, alpn, keys, "acme"), "TLSv1.3")
            self.assertIsNone(handshake(port, alpn, keys, None), "no certificate")
            self.assertIsNone(handshake(port, alpn, self.folder / "strangers", "mallory"), "a stranger's certificate")
            self.assertIsNone(handshake(port, alpn, keys, "acme", ssl.TLSVersion.TLSv1_2))
        self.assertEqual(platform.stop()[0], 0)

    def test_killed_it_starts_again_and_two_on_a_home_are_refused(self):
        first = Platform(self, "up", "--any-ports", home=self.own)
        self.refuse(1, "up", "--any-ports", says=["another process"], home=self.own)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        second = Platform(self, "serve", "log-service", "--any-ports", home=self.own)
        seen = {s["service"]: s["state"] for s in self.must_json("status", home=self.own)["services"]}
        self.assertEqual(seen["log-service"], "ready")
        self.assertEqual(second.stop()[0], 0)

    def test_what_other_processes_run_is_not_started_but_watched(self):
        elsewhere = Platform(self, "serve", "feature-engineering", "--any-ports", home=self.own / "one", environment={"AITRADING_FEED": "simulator"})
        port = elsewhere.url["feature-engineering"].rsplit(":", 1)[1]
        here = Platform(self, "serve", "hybrid-ai-engine", "--any-ports", home=self.own / "two", environment={"AITRADING_PEERS": f"feature-engineering=localhost:{port}"})
        self.assertIn("hybrid-ai-engine", here.url)
        self.assertNotIn("feature-engineering", here.url)

        def peer(patience, wanted):
            give_up = time.monotonic() + patience
            while True:
                body = json.loads(get(here.url["hybrid-ai-engine"] + "/v1/readiness")[1])
                found = [d for d in body["dependencies"] if d["dependency"] == "feature-engineering"][0]
                if found["ready"] == wanted or time.monotonic() > give_up:
                    return body, found

        self.assertTrue(peer(30, True)[1]["ready"], "the one elsewhere is ready")
        elsewhere.process.kill()
        body, found = peer(30, False)
        self.assertEqual((body["ready"], found["ready"]), (False, False))
        self.assertIn(f"localhost:{port}", found["reason"])
        self.assertEqual(here.stop()[0], 0)
        done = subprocess.run(self.command("serve", "log-service", home=self.own / "three"), capture_output=True, text=True, timeout=60,
                              env={**os.environ, "AITRADING_PEERS": "log-service=logs.example"})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("logs.example:8025", done.stderr)

    def test_what_is_not_there_is_said(self):
        self.refuse(4, "up", "--only", "trading-engine", says=["trading-engine is not available", "orders"], home=self.own)
        self.refuse(4, "serve", "nobody", says=["there is no service 'nobody'", "log-service"], home=self.own)
        self.refuse(2, "serve", home=self.own)

    def test_settings_are_listed_checked_and_reloaded(self):
        settings = {s["name"]: s for s in self.must_json("doctor", "--settings", home=self.own)["settings"]}
        for name in "POSTGRES_URL JWT_SECRET MT5_PASSWORD KAFKA_BROKERS MODELS TELEGRAM_BOT_TOKEN AUTO_RETRAIN CONFIDENCE_THRESHOLD".split():
            self.assertIn(name, settings)
        done = subprocess.run(self.command("doctor", "--settings", "--json", home=self.own), capture_output=True, text=True,
                              env={**os.environ, "JWT_SECRET": "hunter2", "CONFIDENCE_THRESHOLD": "0.8"}, timeout=60)
        shown = {s["name"]: s for s in json.loads(done.stdout)["settings"]}
        self.assertNotIn("hunter2", done.stdout)
        self.assertEqual((shown["JWT_SECRET"]["value"], shown["CONFIDENCE_THRESHOLD"]["origin"]), ("***", "environment"))
        self.own.mkdir(exist_ok=True)
        file = self.own / "settings.toml"
        file.write_text("AITRADING_LOG_LEVEL = \"loud\"\n")
        self.refuse(3, "up", "--any-ports", says=["AITRADING_LOG_LEVEL", "debug, info"], home=self.own)
        file.write_text("AITRADING_LOG_LEVEL = \"info\"\n")
        platform = Platform(self, "up", "--any-ports", home=self.own)
        get(platform.url["log-service"] + "/v1/health")
        self.assertNotIn("/v1/health", (self.own / "logs/aitrading.log").read_text())
        file.write_text("AITRADING_LOG_LEVEL = \"debug\"\n")
        platform.process.send_signal(signal.SIGHUP)
        for line in platform.process.stderr:
            if "1 changed" in line:
                break
        get(platform.url["log-service"] + "/v1/health")
        self.assertEqual(platform.stop()[0], 0)
        self.assertIn("/v1/health", (self.own / "logs/aitrading.log").read_text())

    def test_doctor_names_what_is_wrong(self):
        checks = {c["name"]: c for c in json.loads(self.run_program("doctor", "--json", home=self.own).stdout)["checks"]}
        for name in "build home journal services ports settings".split():
            self.assertIn(name, checks)
        self.assertTrue(checks["home"]["ok"], checks["home"])
        self.own.mkdir(exist_ok=True)
        (self.own / "settings.toml").write_text("CONFIDENCE_THRESHOLD = \"much\"\n")
        done = self.refuse(1, "doctor", says=["settings"], home=self.own)
        self.assertIn("a number is expected", done.stdout)


if __name__ == "__main__":
    e2e.main()
