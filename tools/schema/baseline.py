"""What was once promised: one line a fact, `what = how`. A fact may come; none may go or change."""
import re

HEADER = """# What these contracts have promised; ./dev contracts --accept adds to it, and refuses to take away.
"""


def how_often(one):
    return "map" if one.map_value else "repeated" if one.repeated else f"oneof {one.oneof}" if one.oneof else "optional" if one.optional else "single"


def facts(contracts):
    """{what: how}."""
    found = {}
    for message in contracts.messages.values():
        if message.is_map_entry:
            found.update({f"field {message.name}.{f.name}": f"{f.number} {f.type} single" for f in message.fields})
            continue
        found[f"message {message.name}"] = "is there"
        for one in message.fields:
            found[f"field {message.name}.{one.name}"] = f"{one.number} {one.type} {how_often(one)}" + (" probability" if one.probability else "")
        if message.event:
            for name in ("kind", "topic", "type", "subject"):
                found[f"event {message.name}.{name}"] = getattr(message.event, name)
    for enum in contracts.enums.values():
        found.update({f"value {enum.name}.{name}": str(number) for name, number, _ in enum.values})
    for method in contracts.methods:
        name = f"{method.service}.{method.name}"
        streams = {True: "stream ", False: ""}
        found[f"method {name}"] = f"{streams[method.streams_in]}{method.request} -> {streams[method.streams_out]}{method.reply}"
        for rule in method.rules:
            found[f"path {name} {rule.verb.upper()} {rule.path}"] = f"body {rule.body or 'none'}"
    return found


def to_text(found):
    return HEADER + "".join(f"{what} = {how}\n" for what, how in sorted(found.items()))


def from_text(text):
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        what, equals, how = line.partition(" = ")
        if not equals or what in found:
            raise ValueError(f"line {number} is no `what = how`, or says something twice: {line}")
        found[what] = how
    return found


def difference(what, was, now):
    if not what.startswith("field "):
        return f"{what}: it was '{was}' and is '{now}'"
    (number, kind, often), (number_now, kind_now, often_now) = was.split(" ", 2), now.split(" ", 2)
    words = []
    if number != number_now:
        words.append(f"renumbered from {number} to {number_now}")
    if kind != kind_now:
        words.append(f"retyped from {kind} to {kind_now}")
    if often != often_now:
        words.append(f"changed from {often} to {often_now}")
    return f"{what}: {', '.join(words)}"


def breaches(promised, found):
    """What an old reader or writer would no longer understand."""
    out = []
    for what, was in promised.items():
        if what not in found:
            renamed = [k for k, v in found.items() if k not in promised and v == was and k.rsplit(".", 1)[0] == what.rsplit(".", 1)[0]]
            hint = f"; renamed to {renamed[0].rsplit('.', 1)[-1]}? names are part of the JSON" if renamed and re.match("field|value", what) else ""
            out.append(f"{what}: removed{hint}")
        elif found[what] != was:
            out.append(difference(what, was, found[what]))
    return sorted(out)


def additions(promised, found):
    return sorted(set(found) - set(promised))
