"""What clients may send over graphql-transport-ws, right and wrong, and what servers answer.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md is the text; where it leaves something open, or the
reference server does otherwise, both are written down.
"""

import json
from dataclasses import dataclass
from typing import Any

QUERY = {"query": "{ hello }"}
LONG = {"query": "subscription { numbers(to: 1000000007) }"}
DEEP = 5000
INIT = object()
"""Stands for a first message with credentials, and its acknowledgement."""


def subscribe(payload: Any, id: Any = "1") -> dict[str, Any]:
    return {"type": "subscribe", "id": id, "payload": payload}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@dataclass(frozen=True)
class Broken:
    """Bytes in a text frame that are no UTF-8."""

    data: bytes


@dataclass(frozen=True)
class Case:
    """Frames, and what comes back: messages in a short form, and the code of the close, None where the socket stays."""

    sent: list[Any]
    told: list[str]
    closed: int | None = None
    reference: tuple[list[str], int | None] | None = None
    """What the reference server does, where it is something else."""


def closes(code: int, *sent: Any, reference: tuple[list[str], int | None] | None = None) -> Case:
    return Case([INIT, *sent], [], code, reference)


def stays(*sent: Any, told: list[str], reference: tuple[list[str], int | None] | None = None) -> Case:
    return Case([INIT, *sent], told, None, reference)


HELLO = ['next 1 {"hello":"hello"}', "complete 1"]

RIGHT: dict[str, Case] = {
    "init alone": stays(told=[]),
    "init, payload null, is no credential": Case([{"type": "connection_init", "payload": None}], [], 4403),
    "init without payload is no credential": Case([{"type": "connection_init"}], [], 4403),
    "ping before init": Case([{"type": "ping"}], ["pong"]),
    "pong before init": Case([{"type": "pong"}], []),
    "complete before init": Case([{"type": "complete", "id": "1"}], []),
    "ping": stays({"type": "ping"}, told=["pong"]),
    "ping, payload null": stays({"type": "ping", "payload": None}, told=["pong"]),
    "ping, payload": stays({"type": "ping", "payload": {"a": [1, "é"]}}, told=['pong {"a":[1,"é"]}']),
    "ping, empty payload": stays({"type": "ping", "payload": {}}, told=["pong {}"]),
    "pong nobody asked for": stays({"type": "pong", "payload": {"a": 1}}, told=[]),
    "query": stays(subscribe(QUERY), told=HELLO),
    "query, all else null": stays(
        subscribe({**QUERY, "variables": None, "operationName": None, "extensions": None}), told=HELLO
    ),
    "query, more keys than there are": stays(subscribe({**QUERY, "more": 1}), {"type": "pong", "x": 1}, told=HELLO),
    "mutation": stays(
        subscribe({"query": 'mutation { enter(secret: "right") }'}), told=['next 1 {"enter":true}', HELLO[1]]
    ),
    "subscription": stays(
        subscribe({"query": "subscription ($to: Int!) { numbers(to: $to) }", "variables": {"to": 2}}),
        told=['next 1 {"numbers":"0"}', 'next 1 {"numbers":"1"}', "complete 1"],
    ),
    "subscription without events": stays(subscribe({"query": "subscription { numbers(to: 0) }"}), told=["complete 1"]),
    "an id once more, after its end": stays(
        subscribe({"query": "{ nothing }"}), "wait", subscribe(QUERY), told=["error 1", *HELLO]
    ),
    "an id of any characters": stays(
        subscribe(QUERY, id="__proto__ \0 é 😀"),
        told=['next __proto__ \0 é 😀 {"hello":"hello"}', "complete __proto__ \0 é 😀"],
    ),
    "a long id": stays(
        subscribe(QUERY, id="x" * 100), told=[f'next {"x" * 100} {{"hello":"hello"}}', f"complete {'x' * 100}"]
    ),
    "complete of what never was": stays({"type": "complete", "id": "nobody"}, told=[]),
    "complete of what has ended": stays(subscribe(QUERY), "wait", "wait", {"type": "complete", "id": "1"}, told=HELLO),
    "a field that is not there": stays(subscribe({"query": "{ nothing }"}), told=["error 1"]),
    "an operation that is not there": stays(subscribe({**QUERY, "operationName": "Nope"}), told=["error 1"]),
    "a key twice, the last one counts": stays('{"type":"nonsense","type":"ping"}', told=["pong"]),
    "blanks around": stays(' \n{"type":"ping"}\t', told=["pong"]),
    # The reference server closes with 4500 where a document does not parse, and tells wrong variables as a result.
    "no document": stays(subscribe({"query": ""}), told=["error 1"], reference=([], 4500)),
    "a document that does not parse": stays(subscribe({"query": "{ hello"}), told=["error 1"], reference=([], 4500)),
    "a variable of a wrong type": stays(
        subscribe({"query": "subscription ($to: Int!) { numbers(to: $to) }", "variables": {"to": "x"}}),
        told=["error 1"],
        reference=(["next 1 null", "complete 1"], None),
    ),
}

WRONG: dict[str, Case] = {
    "empty frame": closes(4400, ""),
    "blank frame": closes(4400, "  "),
    "no JSON": closes(4400, "ping"),
    "half a message": closes(4400, '{"type":"ping"'),
    "two messages": closes(4400, '{"type":"ping"}{"type":"ping"}'),
    "NaN": closes(4400, '{"type":"ping","payload":{"a":NaN}}'),
    "a comment": closes(4400, '{"type":"ping"}//'),
    "a byte order mark": closes(4400, '\ufeff{"type":"ping"}'),
    "null": closes(4400, None),
    "a number": closes(4400, 5),
    "true": closes(4400, True),
    "a string": closes(4400, '"ping"'),
    "an array": closes(4400, []),
    "an array of messages": closes(4400, [{"type": "ping"}]),
    "no type": closes(4400, {}),
    "an empty type": closes(4400, {"type": ""}),
    "type is null": closes(4400, {"type": None}),
    "type is a number": closes(4400, {"type": 5}),
    "type is a list": closes(4400, {"type": ["ping"]}),
    "type is an object": closes(4400, {"type": {}}),
    "unknown type": closes(4400, {"type": "nonsense"}),
    "type in capitals": closes(4400, {"type": "PING"}),
    "start, of the older protocol": closes(4400, {"type": "start", "id": "1", "payload": QUERY}),
    "__proto__": closes(4400, {"type": "__proto__"}),
    "a very long type": closes(4400, {"type": "é" * 5000}),
    "ping, payload a list": closes(4400, {"type": "ping", "payload": []}),
    "ping, payload a string": closes(4400, {"type": "ping", "payload": "x"}),
    "ping, payload false": closes(4400, {"type": "ping", "payload": False}),
    "pong, payload a number": closes(4400, {"type": "pong", "payload": 0}),
    "subscribe, no id": closes(4400, {"type": "subscribe", "payload": QUERY}),
    "subscribe, id null": closes(4400, subscribe(QUERY, id=None)),
    "subscribe, id a number": closes(4400, subscribe(QUERY, id=5)),
    "subscribe, id empty": closes(4400, subscribe(QUERY, id="")),
    "subscribe, id a list": closes(4400, subscribe(QUERY, id=["1"])),
    "subscribe, no payload": closes(4400, {"type": "subscribe", "id": "1"}),
    "subscribe, payload null": closes(4400, subscribe(None)),
    "subscribe, payload a list": closes(4400, subscribe([])),
    "subscribe, payload a string": closes(4400, subscribe("{ hello }")),
    "subscribe, no query": closes(4400, subscribe({})),
    "subscribe, query null": closes(4400, subscribe({"query": None})),
    "subscribe, query an object": closes(4400, subscribe({"query": {}})),
    "subscribe, variables a list": closes(4400, subscribe({**QUERY, "variables": []})),
    "subscribe, variables a string": closes(4400, subscribe({**QUERY, "variables": "{}"})),
    "subscribe, operationName an object": closes(4400, subscribe({**QUERY, "operationName": {}})),
    "subscribe, operationName a number": closes(4400, subscribe({**QUERY, "operationName": 0})),
    "subscribe, extensions a number": closes(4400, subscribe({**QUERY, "extensions": 1})),
    "complete, no id": closes(4400, {"type": "complete"}),
    "complete, id empty": closes(4400, {"type": "complete", "id": ""}),
    "complete, id an object": closes(4400, {"type": "complete", "id": {}}),
    "init, payload a string": Case([{"type": "connection_init", "payload": "x"}], [], 4400),
    "init, payload a list": Case([{"type": "connection_init", "payload": []}], [], 4400),
    "no JSON before init": Case(["{"], [], 4400),
    "unknown type before init": Case([{"type": "x"}], [], 4400),
    "next without id": closes(4400, {"type": "next", "payload": {}}),
    "error without errors": closes(4400, {"type": "error", "id": "1", "payload": []}),
    # Messages of servers are of a type that clients do not send. The reference server calls that its own fault.
    "connection_ack": closes(4400, {"type": "connection_ack"}, reference=([], 4500)),
    "next": closes(4400, {"type": "next", "id": "1", "payload": {"data": None}}, reference=([], 4500)),
    "error": closes(4400, {"type": "error", "id": "1", "payload": [{"message": "x"}]}, reference=([], 4500)),
    # Messages are text; the reference server reads binary frames as such.
    "a binary frame": closes(4400, b'{"type":"ping"}', reference=(["pong"], None)),
    "an empty binary frame": closes(4400, b""),
    "binary nonsense": closes(4400, b"\xff\xfe\x00"),
    # What our JSON does not take: JavaScript reads the last two as other values, and no recursion of its own is deep.
    "very deep JSON": closes(4400, nested(100_000)),
    "very deep payload": closes(4400, f'{{"type":"pong","payload":{{"a":{nested(DEEP)}}}}}', reference=([], None)),
    "a number of 6,000 digits": closes(4400, f'{{"type":"pong","payload":{{"a":{"1" * 6000}}}}}', reference=([], None)),
    "a number beyond floats": closes(4400, '{"type":"pong","payload":{"a":1e999}}', reference=([], None)),
    "a lone surrogate": closes(4400, '{"type":"pong","payload":{"a":"\\ud800"}}', reference=([], None)),
    # Beneath the protocol: WebSocket's own codes.
    "no UTF-8": closes(1007, Broken(b'{"type":"ping","payload":{"a":"\xff"}}')),
    "half a character": closes(1007, Broken(b'{"type":"ping","payload":{"a":"\xed\xa0\x80"}}')),
    "over 256 KiB": closes(1009, json.dumps({"type": "pong", "payload": {"a": "x" * 2**18}})),
    # Breaches of order.
    "subscribe before init": Case([subscribe(QUERY)], [], 4401),
    "init twice": closes(4429, {"type": "connection_init", "payload": {"Authorization": "x"}}),
    "init twice, once without payload": closes(4429, {"type": "connection_init"}),
    "an id twice": closes(4409, subscribe(LONG), subscribe(LONG)),
    "an id twice, the second a query": closes(4409, subscribe(LONG), subscribe(QUERY)),
    # A close frame holds 123 bytes of reason; the reference server fails to send a longer one.
    "an id twice, a very long one": closes(
        4409, subscribe(LONG, id="é" * 60), subscribe(LONG, id="é" * 60), reference=([], 4500)
    ),
}
