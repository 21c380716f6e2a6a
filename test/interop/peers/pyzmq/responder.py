"""Answers every Foo with a Bar."""

from typing import Any

from exchange import arguments, say, serve
from form import FORMS
from link import open_link

url, form_name, node_id = arguments()
form = FORMS[form_name]
link = open_link(url, form.foo_topic)


def answer(payload: bytes) -> None:
    foo = form.decode(payload)
    say("arrived", value=foo)
    link.send(form.bar_topic, form.encode(form.answer(foo, node_id)))


def refuse(command: Any) -> None:
    raise ValueError(f"a responder is told nothing, but was: {command}")


serve(link, form.foo_topic, answer, refuse)
