#!/usr/bin/env python3
"""Each broken promise is refused, each rule bites, additions pass, and independent judges accept the documents."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import baseline  # noqa: E402
import descriptors  # noqa: E402
import documents  # noqa: E402

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.join(os.path.expanduser("~"), ".cache")), "aitrading", "validators")

EXAMPLE = """syntax = "proto3";
package aitrading.v1;
import "aitrading/v1/options.proto";
import "google/api/annotations.proto";

enum Colour {
  COLOUR_UNSPECIFIED = 0;
  COLOUR_RED = 1;
  COLOUR_BLUE = 2;
}
message Part { int32 size = 1; string word = 2; }
// A thing is there.
message ThingMade {
  option (event) = {kind: EVENT_KIND_DOMAIN, topic: "things.made", type: "ThingMade", subject: "name"};
  string name = 1;
  int64 time_ns = 2;
  double p_good = 3 [(probability) = true];
  optional int32 weight = 4;
  Colour colour = 5;
  repeated Part parts = 6;
  map<string, Part> by_name = 7;
  oneof choice { string left = 8; string right = 9; }
}
// Asks for a thing.
message MakeThing {
  option (event) = {kind: EVENT_KIND_COMMAND, topic: "things.commands", type: "MakeThing", subject: "name"};
  string name = 1;
}
message Problem { string code = 1; string text = 2; }
service ThingService {
  // One thing.
  rpc GetThing(GetThingRequest) returns (GetThingReply) { option (google.api.http) = {get: "/v1/things/{name}"}; }
  // Another.
  rpc PutThing(PutThingRequest) returns (GetThingReply) { option (google.api.http) = {post: "/v1/things" body: "*"}; }
}
message GetThingRequest { string name = 1; int32 depth = 2; }
message PutThingRequest { Part part = 1; }
message GetThingReply { Part part = 1; }
"""


def fresh(folder, text):
    """A tree of its own with the real options and one file of contracts."""
    for name in ("aitrading/v1/options.proto", "google/api/annotations.proto"):
        path = os.path.join(folder, "schema", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(ROOT, "schema", name), path)
    with open(os.path.join(folder, "schema/aitrading/v1/things.proto"), "w", encoding="utf-8") as f:
        f.write(text)
    os.makedirs(os.path.join(folder, "docs"), exist_ok=True)
    with open(os.path.join(ROOT, "docs/contracts.md"), encoding="utf-8") as f:
        page = f.read()
    with open(os.path.join(folder, "docs/contracts.md"), "w", encoding="utf-8") as f:
        f.write(page)


class Trees(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def run_on(self, text, *words):
        """(exit status, what it said) after the contracts have become `text`."""
        path = os.path.join(self.folder, "schema/aitrading/v1/things.proto")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "contracts"), "--root", self.folder, *words], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def changed(self, old, new):
        self.assertEqual(EXAMPLE.count(old), 1, old)
        return EXAMPLE.replace(old, new)

    def promised(self):
        with open(os.path.join(self.folder, "schema/baseline.txt"), encoding="utf-8") as f:
            return f.read()


class Promises(Trees):
    def setUp(self):
        super().setUp()
        fresh(self.folder, EXAMPLE)
        self.assertEqual(self.run_on(EXAMPLE, "--accept")[0], 0)
        self.assertEqual(self.run_on(EXAMPLE)[0], 0)

    def test_what_breaks_one_is_refused_and_cannot_be_accepted(self):
        for old, new, says in [
            ("  optional int32 weight = 4;\n", "", "field aitrading.v1.ThingMade.weight: removed"),
            ("  optional int32 weight = 4;\n", "  reserved 4;\n", "field aitrading.v1.ThingMade.weight: removed"),
            ("int32 weight = 4;", "int32 mass = 4;", "weight: removed; renamed to mass?"),
            ("int32 weight = 4;", "int32 weight = 14;", "renumbered from 4 to 14"),
            ("int32 weight = 4;", "int64 weight = 4;", "retyped from int32 to int64"),
            ("optional int32 weight", "int32 weight", "changed from optional to single"),
            ("repeated Part parts", "Part parts", "changed from repeated to single"),
            ("map<string, Part>", "map<string, int32>", "retyped"),
            ("string right = 9; }", "} string right = 9;", "changed from oneof choice to single"),
            ("  int64 time_ns = 2;", "  oneof more { int64 time_ns = 2; }", "changed from single to oneof more"),
            ("int32 depth = 2;", "double depth = 2 [(probability) = true];", "changed from single to single probability"),
            ("  COLOUR_BLUE = 2;\n", "", "value aitrading.v1.Colour.COLOUR_BLUE: removed"),
            ("COLOUR_BLUE = 2", "COLOUR_BLUE = 3", "it was '2' and is '3'"),
            ('topic: "things.made"', 'topic: "things.built"', "ThingMade.topic: it was 'things.made' and is 'things.built'"),
            ("kind: EVENT_KIND_DOMAIN", "kind: EVENT_KIND_INTEGRATION", "ThingMade.kind: it was 'domain' and is 'integration'"),
            ('  option (event) = {kind: EVENT_KIND_COMMAND, topic: "things.commands", type: "MakeThing", subject: "name"};\n', "",
             "event aitrading.v1.MakeThing.topic: removed"),
            ('  string name = 1;\n  int64', '  string name = 1; string key = 20;\n  int64', "not in schema/baseline.txt yet"),
            ("/v1/things/{name}", "/v1/thing/{name}", "GET /v1/things/{name}: removed"),
            ('{post: "/v1/things" body: "*"}', '{put: "/v1/things" body: "*"}', "POST /v1/things: removed"),
            ('{post: "/v1/things" body: "*"}', '{post: "/v1/things" body: "part"}', "it was 'body *' and is 'body part'"),
            ("rpc PutThing", "rpc StoreThing", "method aitrading.v1.ThingService.PutThing: removed"),
            ("PutThing(PutThingRequest) returns (GetThingReply)", "PutThing(PutThingRequest) returns (stream GetThingReply)", "-> stream"),
            ("service ThingService", "service StuffService", "method aitrading.v1.ThingService.GetThing: removed"),
        ]:
            with self.subTest(old=old, new=new):
                text, before = self.changed(old, new), self.promised()
                status, said = self.run_on(text)
                self.assertNotEqual(status, 0, said)
                self.assertIn(says, said)
                if says == "not in schema/baseline.txt yet":
                    continue
                self.assertNotEqual(self.run_on(text, "--accept")[0], 0)
                self.assertEqual(self.promised(), before)

    def test_another_ordering_key_is_refused(self):
        text = self.changed("  string name = 1;\n  int64", "  string name = 1; string key = 20;\n  int64")
        self.assertEqual(self.run_on(text, "--accept")[0], 0)
        status, said = self.run_on(text.replace('"ThingMade", subject: "name"', '"ThingMade", subject: "key"'))
        self.assertEqual(status, 1)
        self.assertIn("ThingMade.subject: it was 'name' and is 'key'", said)

    def test_what_is_added_is_accepted_and_kept_from_then_on(self):
        for old, new in [
            ("  optional int32 weight = 4;", "  optional int32 weight = 4;\n  string maker = 10;"),
            ("  COLOUR_BLUE = 2;", "  COLOUR_BLUE = 2;\n  COLOUR_GREEN = 3;"),
            ("string right = 9; }", "string right = 9; string middle = 11; }"),
            ('{get: "/v1/things/{name}"}', '{get: "/v1/things/{name}" additional_bindings {get: "/v1/goods/{name}"}}'),
            ("service ThingService {", "service ThingService {\n  // All.\n  rpc ListThings(ListThingsRequest) returns (GetThingReply) "
             '{ option (google.api.http) = {get: "/v1/things"}; }'),
        ]:
            with self.subTest(new=new):
                text = self.changed(old, new) + ("message ListThingsRequest {}\n" if "ListThings" in new else "")
                status, said = self.run_on(text)
                self.assertEqual((status, "not in schema/baseline.txt yet" in said), (1, True), said)
                self.assertEqual(self.run_on(text, "--accept")[0], 0)
                self.assertEqual(self.run_on(text)[0], 0)
                status, said = self.run_on(EXAMPLE)
                self.assertEqual((status, "removed" in said), (1, True), said)
                os.remove(os.path.join(self.folder, "schema/baseline.txt"))
                self.assertEqual(self.run_on(EXAMPLE, "--accept")[0], 0)

    def test_a_document_that_was_edited_is_found(self):
        for name in ("docs/contracts/openapi.json", "docs/contracts/asyncapi.json", "docs/contracts.md"):
            path = os.path.join(self.folder, name)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace("ThingMade", "ThingMend").replace("GetThing", "GotThing"))
            status, said = self.run_on(EXAMPLE)
            self.assertEqual((status, name in said), (1, True), said)
            self.assertEqual(self.run_on(EXAMPLE, "--accept")[0], 0)


class Rules(Trees):
    def test_each_bites(self):
        fresh(self.folder, EXAMPLE)
        for old, new, says in [
            ("// A thing is there.\n", "", "no sentence says what it means"),
            ("  // One thing.\n", "", "no sentence says what it does"),
            ("int64 time_ns", "int32 time_ns", "its ending says int64"),
            (" [(probability) = true]", "", "not marked as one"),
            ("double p_good", "float p_good", "no double"),
            ("COLOUR_UNSPECIFIED", "COLOUR_NONE", "COLOUR_UNSPECIFIED = 0"),
            ("COLOUR_RED", "RED", "does not begin with COLOUR_"),
            ("kind: EVENT_KIND_DOMAIN, ", "", "its kind is none"),
            ('topic: "things.made"', 'topic: "ThingsMade"', "no stage.name"),
            ('topic: "things.made"', 'topic: "made.commands"', "nothing else"),
            ('type: "ThingMade"', 'type: "thing.made"', "not the message's name"),
            ('type: "ThingMade", subject: "name"', 'type: "ThingMade", subject: "colour"', "no single string field"),
            ('type: "ThingMade", subject: "name"', 'type: "ThingMade", subject: "nobody"', "no single string field"),
            ("message Part { int32 size = 1;", "message Part { int32 size = 1; repeated Part parts = 3;", "holds itself"),
            (' { option (google.api.http) = {get: "/v1/things/{name}"}; }', ";", "no HTTP path"),
            ("/v1/things/{name}", "/things/{name}", "does not begin with /v1/"),
            ("/v1/things/{name}", "/v1/things/{id}", "{id}"),
            ("/v1/things/{name}", "/v1/things/{name=**}", "other than {field}"),
            ('{get: "/v1/things/{name}"}', '{get: "/v1/things/{name}" body: "*"}', "a get has no body"),
            ('body: "*"', 'body: "whole"', "'whole' is no single message"),
            ("int32 depth = 2;", "float depth = 2;", "depth is float"),
            ('{post: "/v1/things" body: "*"}', '{get: "/v1/things"}', "cannot stand in a query"),
            ('{post: "/v1/things" body: "*"}', '{get: "/v1/things/{name}"}', "GetThing's too"),
            ("message Problem {", "message Lost { int32 a = 1; }\nmessage Problem {", "no event, request or reply holds it"),
        ]:
            with self.subTest(old=old, new=new):
                status, said = self.run_on(self.changed(old, new), "--accept")
                self.assertEqual(status, 1, said)
                self.assertIn(says, said)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "set")
            schema = os.path.join(ROOT, "schema")
            files = sorted(os.path.relpath(os.path.join(d, n), schema) for d, _, ns in os.walk(schema) for n in ns if n.endswith(".proto"))
            subprocess.run(["protoc", "--proto_path=.", f"--descriptor_set_out={out}", "--include_source_info", *files], cwd=schema, check=True)
            with open(out, "rb") as f:
                cls.contracts = descriptors.read(f.read())

    def test_every_topic_of_the_architecture_has_events(self):
        # ops.timers is not drawn there: the deadlines of sagas, which a service sends to itself (docs/platform.md).
        topics = set("""ops.timers market.ticks market.bars features.vectors regimes.states correlation.matrices models.predictions signals.confirmed
            risk.events risk.commands orders.commands orders.events compliance.alerts audit.records usage.events logs.records
            learning.events settings.changes ops.alerts""".split())
        self.assertEqual({m.event.topic for m in self.contracts.events()}, topics)
        self.assertEqual(set(documents.asyncapi(self.contracts)["channels"]), topics)

    def test_every_reference_leads_somewhere(self):
        for document in (documents.openapi(self.contracts), documents.asyncapi(self.contracts)):
            for target in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
                place = document
                for step in target.split("/"):
                    self.assertIn(step, place, target)
                    place = place[step]

    def test_a_probability_has_its_bounds_and_a_unit_is_said(self):
        schemas = documents.openapi(self.contracts)["components"]["schemas"]
        self.assertEqual((schemas["Prediction"]["properties"]["p_up"]["minimum"], schemas["Prediction"]["properties"]["p_up"]["maximum"]), (0, 1))
        self.assertIn("billionths", schemas["Tick"]["properties"]["bid_e9"]["description"])
        self.assertEqual(schemas["Tick"]["properties"]["bid_e9"]["type"], "string")

    def test_a_baseline_line_that_says_nothing_is_refused(self):
        for text in ("message a", "message a = b\nmessage a = c"):
            with self.assertRaises(ValueError):
                baseline.from_text(text)

    def judged(self, program, name):
        python = os.path.join(CACHE, "bin", "python")
        if not os.path.exists(python):
            self.skipTest("the validators are not installed: tools/setup/install check")
        done = subprocess.run([python, "-c", program, os.path.join(ROOT, "docs/contracts", name), os.path.join(CACHE, "asyncapi-3.0.0.json")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])

    def test_openapi_is_valid_to_an_independent_validator(self):
        self.judged("import json, sys\nfrom openapi_spec_validator import OpenAPIV31SpecValidator\n"
                    "OpenAPIV31SpecValidator(json.load(open(sys.argv[1]))).validate()\n", "openapi.json")

    def test_asyncapi_is_valid_to_its_own_schema(self):
        self.judged("import json, sys, jsonschema\nschema = json.load(open(sys.argv[2]))\n"
                    "kind = jsonschema.validators.validator_for(schema)\nkind.check_schema(schema)\n"
                    "kind(schema).validate(json.load(open(sys.argv[1])))\n", "asyncapi.json")


if __name__ == "__main__":
    unittest.main()
