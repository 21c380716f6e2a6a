"""Foo and Bar in the forms in which they are exchanged."""

import json
from typing import Any, Callable, NamedTuple

NAMESPACE = "dev.plexo.test"


class Form(NamedTuple):
    """How Foo and Bar are named and written, and what stands for them in a line of JSON."""

    foo_topic: bytes
    bar_topic: bytes
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    answer: Callable[[Any, str], Any]
    """The Bar for a Foo, from the node with this id."""


def topic_of(name: str, codec: str) -> bytes:
    return f"{NAMESPACE}.{name}.{codec}".encode()


def json_form(foo_name: str, bar_name: str) -> Form:
    return Form(
        foo_topic=topic_of(foo_name, "json"),
        bar_topic=topic_of(bar_name, "json"),
        # With blanks and without escapes: neither the original nor ours writes JSON like this.
        encode=lambda value: json.dumps(value, ensure_ascii=False).encode(),
        decode=lambda payload: json.loads(payload.decode()),
        answer=lambda foo, node_id: {
            "foo_message_id": foo["message_id"],
            "node_id": node_id,
        },
    )


FORMS = {
    # What the original makes of the titles Foo and Bar, where it gives them no alias.
    "json": json_form("foo", "bar"),
    "json-alias": json_form("Foo", "Bar"),
    "string": Form(
        foo_topic=topic_of("Foo", "string_UTF-8"),
        bar_topic=topic_of("Bar", "string_UTF-8"),
        encode=lambda text: text.encode(),
        decode=lambda payload: payload.decode(),
        answer=lambda foo, node_id: f"{node_id} {foo}",
    ),
}
