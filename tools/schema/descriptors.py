"""Reads a FileDescriptorSet without any library: the wire form is a list of (field number, value), and what the numbers mean
stands in the tables below (google/protobuf/descriptor.proto, google/api/annotations.proto, aitrading/v1/options.proto)."""
from dataclasses import dataclass, field

EVENT_OPTION = PROBABILITY_OPTION = CLASS_OPTION = 50717  # extensions of a message, a field, a method
HTTP_OPTION = 72295728

SCALARS = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool", 9: "string", 12: "bytes",
           13: "uint32", 15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64"}
MESSAGE, ENUM = 11, 14
KINDS = {0: "unspecified", 1: "domain", 2: "integration", 3: "command"}
CLASSES = {0: "normal", 1: "fast", 2: "normal", 3: "heavy"}
VERBS = {2: "get", 3: "put", 4: "post", 5: "delete", 6: "patch"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def wire(data):
    """{field number: [values]}; values are integers or bytes."""
    fields, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at:at + size], at + size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def text(fields, number):
    return fields.get(number, [b""])[-1].decode()


def numbers(values):
    """Repeated integers, packed or not."""
    out = []
    for value in values:
        if isinstance(value, int):
            out.append(value)
            continue
        at = 0
        while at < len(value):
            one, at = varint(value, at)
            out.append(one)
    return out


@dataclass
class Field:
    name: str
    number: int
    type: str          # a scalar's name, or the full name of a message or enum
    is_message: bool
    is_enum: bool
    repeated: bool
    optional: bool     # has presence by the word `optional`
    oneof: str
    probability: bool
    comment: str
    map_value: "Field" = None  # of a map: its values


@dataclass
class Event:
    kind: str
    topic: str
    type: str
    subject: str


@dataclass
class Message:
    name: str
    comment: str
    fields: list
    event: Event = None
    is_map_entry: bool = False


@dataclass
class Enum:
    name: str
    comment: str
    values: list  # (name, number, comment)


@dataclass
class Rule:
    verb: str
    path: str
    body: str


@dataclass
class Method:
    service: str
    name: str
    request: str
    reply: str
    streams_in: bool
    streams_out: bool
    rules: list
    request_class: str
    comment: str


@dataclass
class Contracts:
    messages: dict = field(default_factory=dict)
    enums: dict = field(default_factory=dict)
    services: dict = field(default_factory=dict)   # full name: comment
    methods: list = field(default_factory=list)

    def events(self):
        """Messages that cross a topic, by topic, then by type."""
        return sorted((m for m in self.messages.values() if m.event), key=lambda m: (m.event.topic, m.event.type))


def comments_of(file):
    """{path of a declaration: its words}."""
    found = {}
    for info in file.get(9, []):
        for location in wire(info).get(1, []):
            parts = wire(location)
            said = " ".join((text(parts, 3) + " " + text(parts, 4)).split())
            if said:
                found[tuple(numbers(parts.get(1, [])))] = said
    return found


def read_rule(data):
    parts = wire(data)
    verb = next((name for number, name in VERBS.items() if number in parts), "")
    path = text(parts, next((n for n in VERBS if n in parts), 0)) if verb else ""
    return [Rule(verb, path, text(parts, 7))] + [rule for more in parts.get(11, []) for rule in read_rule(more)]


def read_field(data, oneofs, comment):
    parts = wire(data)
    kind = parts[5][-1]
    options = wire(b"".join(parts.get(8, [])))
    synthetic = bool(parts.get(17, [0])[-1])
    oneof = oneofs[parts[9][-1]] if 9 in parts and not synthetic else ""
    return Field(text(parts, 1), parts[3][-1], SCALARS.get(kind) or text(parts, 6).lstrip("."), kind == MESSAGE, kind == ENUM,
                 parts.get(4, [1])[-1] == 3, synthetic, oneof, bool(options.get(PROBABILITY_OPTION, [0])[-1]), comment)


def read_enum(contracts, data, scope, path, comments):
    parts = wire(data)
    values = []
    for i, value in enumerate(parts.get(2, [])):
        said = wire(value)
        values.append((text(said, 1), said.get(2, [0])[-1], comments.get(path + (2, i), "")))
    name = f"{scope}.{text(parts, 1)}"
    contracts.enums[name] = Enum(name, comments.get(path, ""), values)


def read_message(contracts, data, scope, path, comments):
    parts = wire(data)
    name = f"{scope}.{text(parts, 1)}"
    oneofs = [text(wire(o), 1) for o in parts.get(8, [])]
    fields = [read_field(f, oneofs, comments.get(path + (2, i), "")) for i, f in enumerate(parts.get(2, []))]
    options = wire(b"".join(parts.get(7, [])))
    event = None
    if EVENT_OPTION in options:
        said = wire(options[EVENT_OPTION][-1])
        event = Event(KINDS.get(said.get(1, [0])[-1], "unspecified"), text(said, 2), text(said, 3), text(said, 4))
    contracts.messages[name] = Message(name, comments.get(path, ""), fields, event, bool(options.get(7, [0])[-1]))
    for i, nested in enumerate(parts.get(3, [])):
        read_message(contracts, nested, name, path + (3, i), comments)
    for i, nested in enumerate(parts.get(4, [])):
        read_enum(contracts, nested, name, path + (4, i), comments)


def read_service(contracts, data, scope, path, comments):
    parts = wire(data)
    name = f"{scope}.{text(parts, 1)}"
    contracts.services[name] = comments.get(path, "")
    for i, method in enumerate(parts.get(2, [])):
        said = wire(method)
        options = wire(b"".join(said.get(4, [])))
        rules = read_rule(options[HTTP_OPTION][-1]) if HTTP_OPTION in options else []
        contracts.methods.append(Method(name, text(said, 1), text(said, 2).lstrip("."), text(said, 3).lstrip("."), bool(said.get(5, [0])[-1]),
                                        bool(said.get(6, [0])[-1]), rules, CLASSES[options.get(CLASS_OPTION, [0])[-1]], comments.get(path + (2, i), "")))


def join_maps(contracts):
    """A map is written as a repeated message of key and value; here it is a field with the type of its values."""
    for message in contracts.messages.values():
        for one in message.fields:
            entry = contracts.messages.get(one.type)
            if entry is not None and entry.is_map_entry:
                one.map_value = next(f for f in entry.fields if f.name == "value")


def read(data, package="aitrading"):
    """All that the files of a package declare. Other packages (google.*) are not ours to judge."""
    contracts = Contracts()
    for file in (wire(f) for f in wire(data).get(1, [])):
        scope = text(file, 2)
        if scope.split(".")[0] != package:
            continue
        comments = comments_of(file)
        for i, message in enumerate(file.get(4, [])):
            read_message(contracts, message, scope, (4, i), comments)
        for i, enum in enumerate(file.get(5, [])):
            read_enum(contracts, enum, scope, (5, i), comments)
        for i, service in enumerate(file.get(6, [])):
            read_service(contracts, service, scope, (6, i), comments)
    join_maps(contracts)
    return contracts
