"""Foo and Bar in the forms in which they are exchanged."""

from typing import Any, Callable, NamedTuple

import python_jsonschema_objects
from plexo.codec.json_codec import JsonCodec
from plexo.codec.string_codec import StringCodec
from plexo.namespace.namespace import Namespace
from plexo.neuron.neuron import Neuron

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


def stranger(name: str) -> Neuron:
    """A neuron that no program reacts to."""
    return Neuron(str, NAMESPACE, StringCodec(), name)


FORMS = {
    "json": lambda: json_form(with_alias=False),
    "json-alias": lambda: json_form(with_alias=True),
    "string": string_form,
}
