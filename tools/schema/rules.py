"""What every contract keeps to, besides what protoc asks."""
import re

UNITS = {"_ns": "nanoseconds; a point in time counts from 1970-01-01T00:00:00Z", "_e9": "billionths (fixed point)", "_e6": "millionths (fixed point)"}
NAME = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*$")
PARAMETER = re.compile(r"\{([a-z0-9_]+)\}")
OPTIONS_FILE = {"EventContract"}  # says what an event is, and is none


def short(name):
    return name.rsplit(".", 1)[-1]


def path_shape(rule):
    return rule.verb, PARAMETER.sub("{}", rule.path)


def event_faults(message):
    event = message.event
    if not message.comment:
        yield "no sentence says what it means"
    if event.kind == "unspecified":
        yield "its kind is none of domain, integration, command"
    if not NAME.match(event.topic):
        yield f"its topic '{event.topic}' is no stage.name"
    if event.type != short(message.name):
        yield f"its type '{event.type}' is not the message's name"
    subject = next((f for f in message.fields if f.name == event.subject), None)
    if subject is None or subject.type != "string" or subject.repeated or subject.oneof:
        yield f"its subject '{event.subject}' is no single string field of it"
    if (event.kind == "command") != event.topic.endswith(".commands"):
        yield f"commands, and nothing else, go to topics named .commands: {event.kind} on {event.topic}"


def field_faults(one):
    if one.name[-3:] in UNITS and one.type != "int64":
        yield f"{one.name} is {one.type}; its ending says int64"
    if one.probability and one.type != "double":
        yield f"{one.name} is a probability and no double"
    if one.type == "float":
        yield f"{one.name} is float: a double costs four bytes more and loses nothing"
    if re.match(r"p_|probability", one.name) and not one.probability:
        yield f"{one.name} is named like a probability and not marked as one"


def enum_faults(enum):
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", short(enum.name)).upper()
    if not enum.values or enum.values[0][:2] != (prefix + "_UNSPECIFIED", 0):
        yield f"its first value is not {prefix}_UNSPECIFIED = 0"
    for name, _, _ in enum.values:
        if not name.startswith(prefix + "_"):
            yield f"{name} does not begin with {prefix}_"


def rule_faults(contracts, method, rule):
    fields = {f.name: f for f in contracts.messages[method.request].fields}
    if not rule.verb or not rule.path.startswith("/v1/"):
        yield f"its path '{rule.path}' does not begin with /v1/"
    bound = PARAMETER.findall(rule.path)
    for name in bound:
        if name not in fields or fields[name].repeated or fields[name].is_message:
            yield f"{{{name}}} of {rule.path} is no single plain field of {method.request}"
    if re.search(r"[{}]", PARAMETER.sub("", rule.path)):
        yield f"{rule.path} holds a template other than {{field}}"
    if rule.body and rule.verb in ("get", "delete"):
        yield f"a {rule.verb} has no body"
    if rule.body not in ("", "*") and not (rule.body in fields and fields[rule.body].is_message and not fields[rule.body].repeated):
        yield f"its body '{rule.body}' is no single message of {method.request}"
    for name, one in fields.items():
        if rule.body == "" and name not in bound and one.is_message:
            yield f"{name} is a message and cannot stand in a query"


def reachable(contracts, names):
    seen, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in contracts.messages:
            continue
        seen.add(name)
        waiting += [f.type for f in contracts.messages[name].fields if f.is_message]
    return seen


def all_faults(contracts):
    """Lines `what: why`, in the order of the schema."""
    faults, types, shapes = [], {}, {}
    for message in contracts.messages.values():
        inside = reachable(contracts, [f.type for f in message.fields if f.is_message])
        said = list(event_faults(message)) if message.event else []
        said += [fault for one in message.fields for fault in field_faults(one)]
        if message.name in inside:
            said.append("it holds itself; nests have no bound")
        if message.event and types.setdefault(message.event.type, message.name) != message.name:
            said.append(f"the type {message.event.type} is {types[message.event.type]}'s")
        faults += [f"{message.name}: {fault}" for fault in said]
    for enum in contracts.enums.values():
        faults += [f"{enum.name}: {fault}" for fault in enum_faults(enum)]
    for method in contracts.methods:
        name = f"{method.service}.{method.name}"
        if not method.comment:
            faults.append(f"{name}: no sentence says what it does")
        if not method.rules:
            faults.append(f"{name}: it has no HTTP path")
        for rule in method.rules:
            faults += [f"{name}: {fault}" for fault in rule_faults(contracts, method, rule)]
            if shapes.setdefault(path_shape(rule), name) != name:
                faults.append(f"{name}: {rule.verb} {rule.path} is {shapes[path_shape(rule)]}'s too")
    used = reachable(contracts, [m.name for m in contracts.messages.values() if m.event] + [n for m in contracts.methods for n in (m.request, m.reply)])
    for name in contracts.messages:
        if name not in used and short(name) not in OPTIONS_FILE | {"Problem"}:
            faults.append(f"{name}: no event, request or reply holds it")
    return faults
