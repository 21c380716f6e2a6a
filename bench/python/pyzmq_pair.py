"""libzmq by pyzmq, synchronous: PAIR, bare frames."""

import time

import zmq

from measure import HOST, read_job, report_done, report_listening
from pair_job import PairJob


def main(job: PairJob) -> None:
    socket = zmq.Context.instance().socket(zmq.PAIR)
    payload = bytes(job.payload_bytes)
    if job.role == "listener":
        report_listening(socket.bind_to_random_port(f"tcp://{HOST}"))
        report_done(count(socket, job) if job.scenario == "one way" else echo(socket, job, payload))
    else:
        socket.connect(f"tcp://{HOST}:{job.port}")
        report_done(send(socket, job, payload) if job.scenario == "one way" else ask(socket, job, payload))


def count(socket: zmq.Socket, job: PairJob) -> int:
    for _ in range(job.warm_up):
        socket.recv()
    start_ns = time.perf_counter_ns()
    for _ in range(job.messages):
        socket.recv()
    return time.perf_counter_ns() - start_ns


def send(socket: zmq.Socket, job: PairJob, payload: bytes) -> int:
    for _ in range(job.messages_in_all):
        socket.send(payload)
    return 0


def echo(socket: zmq.Socket, job: PairJob, payload: bytes) -> int:
    for _ in range(job.messages_in_all):
        socket.recv()
        socket.send(payload)
    return 0


def ask(socket: zmq.Socket, job: PairJob, payload: bytes) -> int:
    for index in range(job.messages_in_all):
        if index == job.warm_up:
            start_ns = time.perf_counter_ns()
        socket.send(payload)
        socket.recv()
    return time.perf_counter_ns() - start_ns


main(read_job(PairJob))
