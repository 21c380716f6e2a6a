"""What the sender and the responder share: the ganglion, the commands, the lines.

Arguments: URL, FORM (json, json-alias or string), NODE_ID. The URLs and the lines are those of all
the peers' programs, see docs/interop.md.
"""

import asyncio
import ipaddress
import json
import os
import sys
from typing import Any, Awaitable, Callable, Tuple, Union
from urllib.parse import parse_qs, urlsplit

from plexo.ganglion.tcp_pair import GanglionZmqTcpPair
from plexo.ganglion.tcp_pubsub import GanglionZmqTcpPubSub
from plexo.plexus import Plexus

from forms import FORMS


class Exchange:
    """One end of a pair, or one that publishes and subscribes."""

    def __init__(self, url: str, form: str, node_id: str) -> None:
        self.form = FORMS[form]()
        self.node_id = node_id
        self.ganglion = open_ganglion(url)
        self.plexus = Plexus([self.ganglion])


def open_ganglion(url: str) -> Union[GanglionZmqTcpPair, GanglionZmqTcpPubSub]:
    """Opens `pair://HOST:PORT`, `pair://HOST:PORT?bind` or `pubsub://HOST:PORT?peers=HOST:PORT,...`."""
    parts = urlsplit(url)
    parameters = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "pubsub":
        peers = [
            address_of(peer)
            for text in parameters.get("peers", [])
            for peer in text.split(",")
        ]
        return GanglionZmqTcpPubSub(
            bind_interface=parts.hostname, port_pub=parts.port, peers=peers
        )
    if "bind" in parameters:
        return GanglionZmqTcpPair(bind_interface=parts.hostname, port=parts.port)
    return GanglionZmqTcpPair(peer=address_of(parts.netloc))


def address_of(text: str) -> Tuple[ipaddress.IPv4Address, int]:
    host, port = text.split(":")
    return ipaddress.IPv4Address(host), int(port)


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
