#!/usr/bin/env python3
"""Each house rule refuses what it should and lets pass what it should."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("lint", os.path.join(HERE, "lint"))
lint = importlib.util.module_from_spec(importlib.util.spec_from_loader("lint", loader))
loader.exec_module(lint)


def rules(path, text):
    return [line.split(": ")[1] for line in lint.check(path, text)]


class Arrows(unittest.TestCase):
    def test_refuses_forbidden_arrows(self):
        for source, target in [
            ("base/time.cpp", "domain/market.hpp"),
            ("domain/trade.hpp", "kit/progress.hpp"),
            ("report/svg.cpp", "models/evaluation/panel.hpp"),
            ("market/history/importer.cpp", "kit/progress.hpp"),
            ("market/history/importer.cpp", "insight/features/sma.hpp"),
            ("models/evaluation/panel.cpp", "models/ensemble/stack.hpp"),
            ("market/history/importer.cpp", "engines/series_store/parquet/parquet_store.hpp"),
            ("engines/series_store/parquet/parquet_store.cpp", "market/history/importer.hpp"),
            ("engines/series_store/parquet/parquet_store.cpp", "ports/broker/broker.hpp"),
            ("engines/disk/files.cpp", "ports/archive/archive.hpp"),
            ("kit/progress.cpp", "market/history/importer.hpp"),
            ("engines/sqlite/database.cpp", "ports/event_bus/event_bus.hpp"),
            ("engines/table_store/sqlite/store.cpp", "engines/event_bus/journal/journal.hpp"),
            ("market/history/importer.cpp", "engines/sqlite/database.hpp"),
            ("models/evaluation/panel.cpp", "apps/aitrading/commands.hpp"),
            ("serving/database/quotas.cpp", "kit/requests/handlers.hpp"),
            ("serving/database/service/table_requests.cpp", "engines/table_store/sqlite/sqlite_tables.hpp"),
        ]:
            with self.subTest(source=source, target=target):
                self.assertIn("arrow", rules(f"src/{source}", f'#include "{target}"\n'))

    def test_lets_allowed_arrows_pass(self):
        for source, target in [
            ("domain/market.cpp", "base/time.hpp"),
            ("market/history/service/import_files.cpp", "kit/progress.hpp"),
            ("models/ensemble/pipeline.cpp", "models/boosting/boosting.hpp"),
            ("proving/backtest/engine.cpp", "decision/trading/account.hpp"),
            ("engines/series_store/parquet/parquet_store.cpp", "ports/series_store/series_store.hpp"),
            ("engines/series_store/parquet/parquet_store.cpp", "engines/disk/files.hpp"),
            ("engines/key_value/memory/memory_store.cpp", "ports/cipher/cipher.hpp"),
            ("engines/event_bus/journal/layout.cpp", "engines/sqlite/database.hpp"),
            ("apps/aitrading/main.cpp", "engines/series_store/parquet/parquet_store.hpp"),
            ("market/history/tests/import_test.cpp", "engines/series_store/parquet/parquet_store.hpp"),
            ("serving/database/service/table_requests.cpp", "ports/table_store/table_store.hpp"),
        ]:
            with self.subTest(source=source, target=target):
                self.assertEqual([], rules(f"src/{source}", f'#include "{target}"\n'))

    def test_keeps_heavy_headers_in_their_room(self):
        self.assertIn("heavy-header", rules("src/market/history/a.cpp", "#include <duckdb.h>\n"))
        self.assertIn("heavy-header", rules("src/models/boosting/a.hpp", "#pragma once\n#include <LightGBM/c_api.h>\n"))
        self.assertEqual([], rules("src/engines/series_store/parquet/a.cpp", "#include <duckdb.h>\n"))
        self.assertIn("heavy-header", rules("src/kit/http/a.hpp", "#pragma once\n#include <boost/asio.hpp>\n"))
        self.assertIn("heavy-header", rules("src/apps/aitrading/a.cpp", "#include <spdlog/spdlog.h>\n"))
        self.assertEqual([], rules("src/kit/http/a.cpp", "#include <boost/asio.hpp>\n"))
        contract = '#include "aitrading/v1/market.pb.h"\n'
        self.assertIn("heavy-header", rules("src/insight/features/a.cpp", contract))
        self.assertIn("heavy-header", rules("src/market/bridge/service/a.hpp", "#pragma once\n" + contract))
        for source in ("src/market/bridge/service/a.cpp", "src/kit/contracts/a.cpp", "src/market/bridge/tests/a_test.cpp"):
            self.assertEqual([], rules(source, contract))


class Sizes(unittest.TestCase):
    def test_finds_a_long_function_wherever_it_stands(self):
        body = "    if (a) { b(); }\n" * 75
        for head, tail in [("int f(int a) {\n", "}\n"), ("namespace x {\nvoid A::f() const {\n", "}\n}\n"),
                           ("struct S {\n  template <class T>\n  S(T a) : a_{a} {\n", "}\n};\n")]:
            with self.subTest(head=head):
                self.assertEqual(1, len(list(lint.long_functions(head + body + tail))))

    def test_lets_short_functions_and_long_scopes_pass(self):
        for line in ("int f(int a) { return '{' + a; }  // {", 'auto f() { return "http://x}"; }', 'auto f() { return R"({"k": "\\""})"; }', "char f() { return '\"'; }", 'auto f() { return "/*"; }'):
            with self.subTest(line=line):
                text = "namespace x {\nclass A {\n" + f"    {line}\n" * 200 + "};\n}\n"
                self.assertEqual([], list(lint.long_functions(text)))


class Awaits(unittest.TestCase):
    def test_refuses_temporaries_inside_an_await(self):
        for text in ["int n = co_await run([s] { return 1; });", "co_await send({1, 2});", "use(co_await next());"]:
            with self.subTest(text=text):
                self.assertIn("await", rules("src/kit/a.cpp", text))

    def test_lets_a_lone_await_pass(self):
        for text in ["int n = co_await run(std::move(job));", "co_return co_await next();", "co_await next(); // {1}"]:
            with self.subTest(text=text):
                self.assertEqual([], rules("src/kit/a.cpp", text))


class Names(unittest.TestCase):
    def test_refuses_names_that_say_nothing(self):
        self.assertIn("name", rules("src/kit/utils.hpp", "#pragma once\n"))
        self.assertIn("name", rules("src/common/a.cpp", ""))
        self.assertIn("name", rules("src/kit/CamelCase.cpp", ""))
        self.assertIn("name", rules("src/kit/a.cpp", "struct lower_case {\n"))
        self.assertIn("name", rules("src/kit/a.cpp", "class lower final : public A {\n"))
        self.assertEqual([], rules("src/kit/a.cpp", "    struct stat status {};\n    struct stat_like;\nclass Good final : A {};\n"))

    def test_wants_a_guard_and_one_idea_a_file(self):
        self.assertIn("name", rules("src/kit/a.hpp", "int x;\n"))
        self.assertIn("size", rules("src/kit/a.cpp", "\n" * 600))

    def test_refuses_foreign_traces(self):
        self.assertIn("foreign", rules("tools/x", "cp /ro" + "ot/a b"))
        self.assertIn("foreign", rules("src/kit/a.cpp", "// TO" + "DO: later"))
        self.assertEqual([], rules("tools/x", "see docs/ro" + "ot/a"))


if __name__ == "__main__":
    outcome = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"lint: {outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
