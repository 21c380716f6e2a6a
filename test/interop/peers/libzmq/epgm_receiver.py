"""Says what comes by EPGM."""

import sys

import zmq

from epgm import open_socket, say, say_parts, settings

given = settings()
socket = open_socket(zmq.SUB, given)
poller = zmq.Poller()
poller.register(socket, zmq.POLLIN)
poller.register(sys.stdin.fileno(), zmq.POLLIN)
say("listening")
while True:
    ready = dict(poller.poll())
    if socket in ready:
        say_parts(socket.recv_multipart())
    # A receiver is told nothing, so what comes is the end.
    if sys.stdin.fileno() in ready:
        break
socket.close(linger=0)
