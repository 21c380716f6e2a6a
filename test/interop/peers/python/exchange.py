"""What the sender and the responder share: the types Foo and Bar in three forms, the socket, the lines.

A program of ours in another language with the same arguments and lines can take the place of each.
Arguments: ROLE (bind or connect), PORT on 127.0.0.1, FORM (json, json-alias or string), NODE_ID.
Lines on standard output, one JSON object each: {"event": "listening"}, and {"event": "arrived",
"value": ...} for every message. The end of standard input ends a program.
"""

import asyncio
import ipaddress
import json
import os
import sys
from typing import Any, Awaitable, Callable, NamedTuple

import python_jsonschema_objects
from plexo.codec.json_codec import JsonCodec
from plexo.codec.string_codec import StringCodec
from plexo.ganglion.tcp_pair import GanglionZmqTcpPair
from plexo.namespace.namespace import Namespace
from plexo.neuron.neuron import Neuron
from plexo.plexus import Plexus

HOST = "127.0.0.1"
NAMESPACE = Namespace(["dev", "plexo", "test"])

FOO_SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema",
    "id": "foo",
    "title": "Foo",
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "message_id": {"type": "string"},
        "message_num": {"type": "number"},
        "node_id": {"type": "string"},
    },
    "required": ["message", "message_id", "message_num", "node_id"],
}

BAR_SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema",
    "id": "bar",
    "title": "Bar",
    "type": "object",
    "properties": {
        "foo_message_id": {"type": "string"},
        "node_id": {"type": "string"},
    },
    "required": ["foo_message_id", "node_id"],
}


class Form(NamedTuple):
    """How Foo and Bar are named and written, and what stands for them in a line of JSON."""

    foo: Neuron
    bar: Neuron
    foo_of_line: Callable[[Any], Any]
    line_of: Callable[[Any], Any]
    answer: Callable[[Any, str], Any]
    """The Bar for a Foo, from the node with this id."""


def json_form(with_alias: bool) -> Form:
    """JSON: named Foo and Bar by an alias, or by what the schema library makes of the titles."""
    foo_class = class_of(FOO_SCHEMA)
    bar_class = class_of(BAR_SCHEMA)
    return Form(
        foo=Neuron(foo_class, NAMESPACE, JsonCodec(foo_class), "Foo" if with_alias else None),
        bar=Neuron(bar_class, NAMESPACE, JsonCodec(bar_class), "Bar" if with_alias else None),
        foo_of_line=lambda line: foo_class(**line),
        line_of=lambda value: value.as_dict(),
        answer=lambda foo, node_id: bar_class(
            foo_message_id=str(foo.message_id), node_id=node_id
        ),
    )


def class_of(schema: dict) -> type:
    builder = python_jsonschema_objects.ObjectBuilder(schema)
    return getattr(builder.build_classes(), schema["title"])


def string_form() -> Form:
    """Text: a Foo is any text, its Bar is the answering node's id, a space and the same text."""
    return Form(
        foo=Neuron(str, NAMESPACE, StringCodec(), "Foo"),
        bar=Neuron(str, NAMESPACE, StringCodec(), "Bar"),
        foo_of_line=lambda line: line,
        line_of=lambda value: value,
        answer=lambda foo, node_id: f"{node_id} {foo}",
    )


FORMS = {
    "json": lambda: json_form(with_alias=False),
    "json-alias": lambda: json_form(with_alias=True),
    "string": string_form,
}


class Exchange:
    """One end of a pair."""

    def __init__(self, role: str, port: str, form: str, node_id: str) -> None:
        self.form = FORMS[form]()
        self.node_id = node_id
        self.ganglion = open_pair(role, int(port))
        self.plexus = Plexus([self.ganglion])


def open_pair(role: str, port: int) -> GanglionZmqTcpPair:
    if role == "bind":
        return GanglionZmqTcpPair(bind_interface=HOST, port=port)
    return GanglionZmqTcpPair(peer=(ipaddress.ip_address(HOST), port))


def say(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


async def next_command() -> Any:
    """The next line of standard input, None at its end."""
    line = await asyncio.to_thread(sys.stdin.buffer.readline)
    return json.loads(line) if line else None


def run(program: Callable[[Exchange], Awaitable[None]]) -> None:
    """Runs a program to its end with the arguments of this process."""
    asyncio.run(main(program))


async def main(program: Callable[[Exchange], Awaitable[None]]) -> None:
    await program(Exchange(*sys.argv[1:]))
    # plexo 1.0.0 blocks the event loop for ten seconds in close(), and at the interpreter's exit
    # too, once it has begun to receive. What was said is flushed; the socket is the system's.
    os._exit(0)
