"""OpenAPI 3.1, AsyncAPI 3 and the tables of docs/contracts.md out of the contracts."""
import json

import json_schema
from rules import PARAMETER, short

TITLE = "aitrading"
CLOUD_EVENTS = {
    "id": "UUID version 7; the idempotency key", "type": "names the contract of the data", "source": "who says it, a URI reference",
    "subject": "whom it is about, and the ordering key", "tenant": "whose it is", "time": "when it happened",
    "specversion": "1.0", "traceparent": "W3C Trace Context; may be missing"}


def to_text(document):
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def parameter(one, place):
    schema = json_schema.of_field(one)
    said = schema.pop("description", "")
    if "allOf" in schema:
        schema = schema["allOf"][0]
    found = {"name": one.name, "in": place, "schema": schema}
    if place == "path":
        found["required"] = True
    if said:
        found["description"] = said
    return found


def operation(contracts, method, rule):
    request = contracts.messages[method.request]
    bound = PARAMETER.findall(rule.path)
    fields = {f.name: f for f in request.fields}
    rest = [f for f in request.fields if f.name not in bound]
    found = {"operationId": f"{short(method.service)}_{method.name}", "tags": [short(method.service)]}
    if method.comment:
        found["summary"] = method.comment
    found["x-request-class"] = method.request_class
    parameters = [parameter(fields[name], "path") for name in bound]
    if rule.body != "*":
        parameters += [parameter(f, "query") for f in rest if f.name != rule.body]
    if parameters:
        found["parameters"] = parameters
    if rule.body == "*":
        schema = {"type": "object", "properties": {f.name: json_schema.of_field(f) for f in rest}}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif rule.body:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": json_schema.of_field(fields[rule.body])}}}
    # A stream comes as Server-Sent Events, one reply in the data of each.
    media = "text/event-stream" if method.streams_out else "application/json"
    found["responses"] = {
        "200": {"description": "replies, one in each event" if method.streams_out else "reply",
                "content": {media: {"schema": json_schema.reference(method.reply)}}},
        "default": {"description": "an expected failure", "content": {"application/json": {"schema": json_schema.reference("Problem")}}}}
    return found


def openapi(contracts):
    paths = {}
    for method in contracts.methods:
        for rule in method.rules:
            paths.setdefault(rule.path, {})[rule.verb] = operation(contracts, method, rule)
    problem = next(name for name in contracts.messages if short(name) == "Problem")
    names = [problem] + [f.type for m in contracts.methods for f in contracts.messages[m.request].fields if f.is_message or f.is_enum]
    names = [(contracts.messages[n].fields[1].type if n in contracts.messages and contracts.messages[n].is_map_entry else n) for n in names]
    names += [m.reply for m in contracts.methods]
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": "Made from schema/ by tools/schema. 64-bit integers are strings; the tenant is the caller's identity."},
        "servers": [{"url": "/"}],
        "tags": [{"name": short(name), **({"description": comment} if comment else {})} for name, comment in contracts.services.items()],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": json_schema.schemas(contracts, names)},
    }


def asyncapi(contracts):
    channels, operations, messages = {}, {}, {}
    for message in contracts.events():
        event = message.event
        channel = channels.setdefault(event.topic, {"address": event.topic, "messages": {}})
        channel["messages"][event.type] = {"$ref": f"#/components/messages/{event.type}"}
        operations.setdefault(event.topic, {
            "action": "receive" if event.kind == "command" else "send", "channel": {"$ref": f"#/channels/{event.topic}"}})
        said = {"summary": message.comment} if message.comment else {}
        messages[event.type] = {
            "name": event.type, "title": event.type, **said, "contentType": "application/protobuf",
            "headers": {"$ref": "#/components/schemas/CloudEventsAttributes"},
            "payload": json_schema.reference(message.name), "tags": [{"name": event.kind}],
            "bindings": {"kafka": {"key": {"type": "string", "description": f"the subject: {event.subject}"}}},
            "x-protobuf-message": message.name}
    attributes = {"type": "object", "required": [n for n in CLOUD_EVENTS if n != "traceparent"],
                  "properties": {name: {"type": "string", "description": what} for name, what in CLOUD_EVENTS.items()}}
    names = [m.name for m in contracts.events()]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": "1", "description": "Made from schema/ by tools/schema. Payloads are protobuf's binary form; their schemas show its JSON form."},
        "defaultContentType": "application/protobuf",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEventsAttributes": attributes, **json_schema.schemas(contracts, names)}},
    }


def cell(text):
    return text.replace("|", "\\|")


def topic_table(contracts):
    lines = ["| topic | type | kind | ordering key | what |", "|---|---|---|---|---|"]
    for m in contracts.events():
        lines.append(f"| `{m.event.topic}` | `{m.event.type}` | {m.event.kind} | `{m.event.subject}` | {cell(m.comment)} |")
    return "\n".join(lines) + "\n"


def request_table(contracts):
    lines = ["| request | HTTP | class | what |", "|---|---|---|---|"]
    for m in contracts.methods:
        paths = ", ".join(f"`{r.verb.upper()} {r.path}`" for r in m.rules)
        stream = " (a stream)" if m.streams_out else ""
        lines.append(f"| `{short(m.service)}.{m.name}`{stream} | {paths} | {m.request_class} | {cell(m.comment)} |")
    return "\n".join(lines) + "\n"


def between_marks(page, name, content):
    """The page with `content` between the marks of that name."""
    begin, end = f"<!-- made by ./dev contracts: {name} -->\n", f"<!-- end of {name} -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page has not one pair of marks of {name}")
    head, rest = page.split(begin)
    return head + begin + content + rest[rest.index(end):]


def page(old, contracts):
    return between_marks(between_marks(old, "topics", topic_table(contracts)), "requests", request_table(contracts))
