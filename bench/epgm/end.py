"""An end of the bench of EPGM, libzmq's: `end.py SETTINGS`, as JSON. See end.ts."""

import json
import resource
import sys
import time
from typing import Any

import zmq


def say(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def cpu_ms() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def send() -> None:
    start = cpu_ms()
    for line in sys.stdin:
        command = json.loads(line)
        if command == "probe":
            socket.send(b"\0")
        elif command == "go":
            filler = bytes(given["byteCount"] - 4)
            for index in range(given["count"]):
                socket.send(index.to_bytes(4, "big") + filler)
        elif command == "cpu":
            say("cpu", cpuMs=cpu_ms() - start, repairs=-1)


def receive() -> None:
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(sys.stdin.fileno(), zmq.POLLIN)
    got, following, ordered, first, start = 0, 0, True, 0.0, 0.0
    while True:
        ready = dict(poller.poll())
        if sys.stdin.fileno() in ready:
            return
        while socket.poll(0):
            part = socket.recv()
            if len(part) == 1:
                say("probed")
                continue
            index = int.from_bytes(part[:4], "big")
            if index >= given["from"] and first == 0:
                first, start = time.perf_counter(), cpu_ms()
            got += 1
            ordered = ordered and index >= following
            following = index + 1
            if following == given["count"]:
                took = (time.perf_counter() - first) * 1000
                cpu = cpu_ms() - start
                # It tells of no gap.
                say("done", tookMs=took, gotCount=got, gapCount=0, isOrdered=ordered, cpuMs=cpu)


given = json.loads(sys.argv[1])
is_sender = given["role"] == "sender"
socket = zmq.Context.instance().socket(zmq.PUB if is_sender else zmq.SUB)
socket.setsockopt(zmq.RATE, given["kilobitsPerSecond"])
socket.setsockopt(zmq.RECOVERY_IVL, 10_000)
socket.setsockopt(zmq.SNDHWM, 0)
socket.setsockopt(zmq.RCVHWM, 0)
socket.setsockopt(zmq.LINGER, 0)
socket.setsockopt(zmq.RCVBUF, 4 * 1024 * 1024)
if not is_sender:
    socket.setsockopt(zmq.SUBSCRIBE, b"")
socket.bind(f"epgm://{given['interface']};{given['group']}:5560")
say("ready")
if is_sender:
    send()
else:
    receive()
socket.close()
