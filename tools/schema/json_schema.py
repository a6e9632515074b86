"""Messages in protobuf's JSON form as JSON Schema 2020-12 (OpenAPI 3.1) or draft 7 (AsyncAPI 3): what both can say."""
from rules import UNITS, short

INTEGER_TEXT = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
PLAIN = {
    "double": {"anyOf": [{"type": "number", "format": "double"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
    "float": {"anyOf": [{"type": "number", "format": "float"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]},
    "int64": INTEGER_TEXT, "sint64": INTEGER_TEXT, "sfixed64": INTEGER_TEXT,
    "uint64": {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
    "fixed64": {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
    "int32": {"type": "integer", "format": "int32"}, "sint32": {"type": "integer", "format": "int32"},
    "uint32": {"type": "integer", "minimum": 0}, "fixed32": {"type": "integer", "minimum": 0},
    "bool": {"type": "boolean"},
    "string": {"type": "string"},
    "bytes": {"type": "string", "format": "byte", "contentEncoding": "base64"},
}
PROBABILITY = {"type": "number", "format": "double", "minimum": 0, "maximum": 1}


def reference(name):
    return {"$ref": f"#/components/schemas/{short(name)}"}


def words(one):
    """The comment, with the unit that the name's ending says."""
    unit = UNITS.get(one.name[-3:], "")
    kind = f"one of {one.oneof}" if one.oneof else ""
    return "; ".join(part for part in (one.comment, unit, kind) if part)


def of_value(one):
    if one.probability:
        return dict(PROBABILITY)
    return reference(one.type) if one.is_message or one.is_enum else dict(PLAIN[one.type])


def of_field(one):
    if one.map_value:
        schema = {"type": "object", "additionalProperties": of_value(one.map_value)}
    else:
        schema = {"type": "array", "items": of_value(one)} if one.repeated else of_value(one)
    said = words(one)
    if not said:
        return schema
    # Beside a $ref draft 7 reads nothing.
    return {"allOf": [schema], "description": said} if "$ref" in schema else {**schema, "description": said}


def of_message(message):
    schema = {"type": "object", "properties": {f.name: of_field(f) for f in message.fields}}
    if message.comment:
        schema["description"] = message.comment
    return schema


def of_enum(enum):
    schema = {"type": "string", "enum": [name for name, _, _ in enum.values]}
    said = [f"{name}: {comment}" for name, _, comment in enum.values if comment]
    if enum.comment or said:
        schema["description"] = "; ".join(([enum.comment] if enum.comment else []) + said)
    return schema


def schemas(contracts, names):
    """{short name: schema} of messages and of all that they hold."""
    found, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        if short(name) in found:
            continue
        if name in contracts.enums:
            found[short(name)] = of_enum(contracts.enums[name])
            continue
        message = contracts.messages[name]
        found[short(name)] = of_message(message)
        for one in message.fields:
            value = one.map_value or one
            if value.is_message or value.is_enum:
                waiting.append(value.type)
    return dict(sorted(found.items()))
