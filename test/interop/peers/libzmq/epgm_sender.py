"""Sends what it is told by EPGM: probes, and rows of numbered messages."""

import json
import sys

import zmq

from epgm import open_socket, parts_of, say, settings

given = settings()
socket = open_socket(zmq.PUB, given)
say("listening")
for line in sys.stdin:
    command = json.loads(line)
    if "probe" in command:
        socket.send_multipart(parts_of("probe", command["probe"], given))
        continue
    for index in range(command["first"], command["first"] + command["count"]):
        socket.send_multipart(parts_of("flow", index, given))
socket.close()
zmq.Context.instance().term()
