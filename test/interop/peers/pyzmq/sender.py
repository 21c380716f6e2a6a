"""Does what each line of standard input tells, and shows the Bars that come back."""

from typing import Any

from exchange import arguments, say, serve
from form import FORMS, topic_of
from link import open_link

url, form_name, _node_id = arguments()
form = FORMS[form_name]
link = open_link(url, form.bar_topic)


def show(payload: bytes) -> None:
    say("arrived", value=form.decode(payload))


def send(command: Any) -> None:
    if "foo" in command:
        link.send(form.foo_topic, form.encode(command["foo"]))
    elif "payload" in command:
        link.send(form.foo_topic, bytes.fromhex(command["payload"]))
    elif "stranger" in command:
        name = command["stranger"]
        link.send(topic_of(name, "string_UTF-8"), name.encode())
    else:
        link.send_frames([bytes.fromhex(frame) for frame in command["frames"]])


serve(link, form.bar_topic, show, send)
