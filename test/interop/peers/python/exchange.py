"""What the sender and the responder share: the pair, the commands, the lines.

Arguments: ROLE (bind or connect), PORT on 127.0.0.1, FORM (json, json-alias or string), NODE_ID.
Lines on standard output, one JSON object each: {"event": "listening"}, and {"event": "arrived",
"value": ...} for every message. The end of standard input ends a program.
"""

import asyncio
import ipaddress
import json
import os
import sys
from typing import Any, Awaitable, Callable

from plexo.ganglion.tcp_pair import GanglionZmqTcpPair
from plexo.plexus import Plexus

from forms import FORMS

HOST = "127.0.0.1"


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
