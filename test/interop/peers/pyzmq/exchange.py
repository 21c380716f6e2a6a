"""What the sender and the responder share: the commands, the lines, and waiting for either end.

Arguments: URL, FORM (json, json-alias or string), NODE_ID. The URLs and the lines are those of all
the peers' programs, see docs/interop.md.
"""

import json
import os
import sys
from typing import Any, Callable, Iterator

import zmq

from link import Link

STDIN = 0
READ_BYTES_MAX = 65536


def serve(
    link: Link, topic: bytes, arrived: Callable[[bytes], None], told: Callable[[Any], None]
) -> None:
    """Hands over payloads of this topic and what it is told, until the end of standard input."""
    poller = zmq.Poller()
    poller.register(link.receiver, zmq.POLLIN)
    poller.register(STDIN, zmq.POLLIN)
    lines = Lines()
    say("listening")
    while True:
        ready = dict(poller.poll())
        if link.receiver in ready:
            came, payload = link.receive()
            if came == topic:
                arrived(payload)
            else:
                say_unclaimed(came)
        if STDIN in ready:
            piece = os.read(STDIN, READ_BYTES_MAX)
            if not piece:
                return
            for line in lines.split(piece):
                told(json.loads(line))


class Lines:
    """Cuts what comes in pieces into lines."""

    def __init__(self) -> None:
        self.rest = b""

    def split(self, piece: bytes) -> Iterator[bytes]:
        *lines, self.rest = (self.rest + piece).split(b"\n")
        yield from lines


def say(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def say_unclaimed(topic: bytes) -> None:
    say(
        "incident",
        kind="dropped",
        reason="unclaimed",
        topic=topic.decode(),
        message="nobody here reacts to it",
    )


def arguments() -> Iterator[str]:
    return iter(sys.argv[1:])
