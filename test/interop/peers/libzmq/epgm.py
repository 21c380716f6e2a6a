"""What the sender and the receiver share: settings, lines and messages.

The one argument is JSON; it, the lines and the messages are those of the programs of ours.
"""

import json
import os
import sys
from typing import Any

import zmq

CYCLE = bytes(range(256))

# OpenPGM warns on standard output, in pieces of lines: that goes to standard error.
LINES = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), file=LINES, flush=True)


def settings() -> Any:
    return json.loads(sys.argv[1])


def open_socket(kind: int, given: Any) -> zmq.Socket:
    socket = zmq.Context.instance().socket(kind)
    socket.setsockopt(zmq.RATE, given["kilobitsPerSecond"])
    socket.setsockopt(zmq.RECOVERY_IVL, given["recoveryMs"])
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.LINGER, 30_000)
    socket.setsockopt(zmq.IPV6, 1 if ":" in given["group"] else 0)
    if kind == zmq.SUB:
        socket.setsockopt(zmq.SUBSCRIBE, b"")
    socket.bind(f"epgm://{given['interface']};{given['group']}:{given['port']}")
    return socket


def byte_count_of(index: int) -> int:
    return 200_000 if index % 100 == 99 else (index * 37) % 1_500


def filler(index: int, byte_count: int) -> bytes:
    start = index & 0xFF
    return (CYCLE * (byte_count // 256 + 2))[start : start + byte_count]


def parts_of(topic: str, index: int, given: Any) -> list[bytes]:
    byte_count = 0 if topic == "probe" else byte_count_of(index)
    head = f"{given['name']} {index} {byte_count}"
    parts = [topic.encode(), head.encode(), filler(index, byte_count)]
    return parts if given["partCount"] == len(parts) else [b"\n".join(parts)]


def say_parts(parts: list[bytes]) -> None:
    """Says what has come, or that it is not as it was sent."""
    if len(parts) == 1:
        parts = parts[0].split(b"\n", 2)
    try:
        topic, head, body = parts
        sender, index, byte_count = head.decode().split(" ")
        if body != filler(int(index), int(byte_count)):
            raise ValueError(f"the bytes of {head!r} differ")
    except ValueError as error:
        say("damaged", message=f"{error}; {len(parts)} parts, {parts[0][:60]!r}"[:300])
        return
    say("arrived", topic=topic.decode(), sender=sender, index=int(index))
