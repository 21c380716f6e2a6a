"""libzmq by pyzmq, synchronous: PUB and SUB, with queues that have no bound."""

import time
from typing import List

import zmq

from measure import HOST, begun, read_job, report_done, report_listening, report_subscribed
from pubsub_job import PROBE_BYTES, PROBE_EVERY_S, PubSubJob

# A PUB drops messages above its bound; a SUB loses subscriptions above its own.
UNBOUNDED = 0


def main(job: PubSubJob) -> None:
    topics = [f"dev.plexo.bench.{name}.bytes".encode() for name in job.type_names]
    report_done(publish(job, topics) if job.role == "publisher" else subscribe(job, topics))


def publish(job: PubSubJob, topics: List[bytes]) -> int:
    socket = zmq.Context.instance().socket(zmq.PUB)
    socket.sndhwm = UNBOUNDED
    report_listening(socket.bind_to_random_port(f"tcp://{HOST}"))
    while not begun.wait(PROBE_EVERY_S):
        socket.send_multipart([topics[-1], bytes(PROBE_BYTES)])
    payload = bytes(job.payload_bytes)
    for turn in job.turns:
        socket.send_multipart([topics[turn], payload])
    return 0


def subscribe(job: PubSubJob, topics: List[bytes]) -> int:
    sockets = [open_subscriber(job, topics) for _ in range(job.subscribers)]
    for socket in sockets:
        # When a probe has come through, all that is published does.
        socket.recv_multipart()
    report_subscribed()
    receive(sockets, job.warm_up * job.subscribers)
    start_ns = time.perf_counter_ns()
    receive(sockets, job.messages * job.subscribers)
    return time.perf_counter_ns() - start_ns


def open_subscriber(job: PubSubJob, topics: List[bytes]) -> zmq.Socket:
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.rcvhwm = UNBOUNDED
    socket.sndhwm = UNBOUNDED
    socket.connect(f"tcp://{HOST}:{job.port}")
    for topic in topics:
        socket.subscribe(topic)
    return socket


def receive(sockets: List[zmq.Socket], messages: int) -> None:
    """Receives so many messages in all, probes not counted."""
    if len(sockets) == 1:
        receive_from_one(sockets[0], messages)
    else:
        receive_from_many(sockets, messages)


def receive_from_one(socket: zmq.Socket, messages: int) -> None:
    while messages > 0:
        _topic, payload = socket.recv_multipart()
        if len(payload) != PROBE_BYTES:
            messages -= 1


def receive_from_many(sockets: List[zmq.Socket], messages: int) -> None:
    poller = zmq.Poller()
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
    while messages > 0:
        for socket, _events in poller.poll():
            messages -= receive_what_is_there(socket, messages)


def receive_what_is_there(socket: zmq.Socket, messages_max: int) -> int:
    count = 0
    while count < messages_max:
        try:
            _topic, payload = socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            break
        if len(payload) != PROBE_BYTES:
            count += 1
    return count


main(read_job(PubSubJob))
