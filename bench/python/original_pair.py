"""The original of plexo: its TCP pair, without a plexus, which would make it slower; raw bytes."""

import asyncio
import ipaddress
import time
from typing import Any, Awaitable, Callable

import zmq
from plexo.codec.string_codec import StringCodec
from plexo.ganglion.tcp_pair import GanglionZmqTcpPair
from plexo.namespace.namespace import Namespace
from plexo.neuron.neuron import Neuron

from measure import HOST, read_job, report_done, report_listening
from pair_job import PairJob

NEURON = Neuron(str, Namespace(["dev", "plexo", "bench"]), StringCodec(), "Raw")


class End:
    """One end of the pair."""

    def __init__(self, ganglion: GanglionZmqTcpPair, payload_bytes: int) -> None:
        self.ganglion = ganglion
        self.payload = bytes(payload_bytes)

    async def receive(self, reactant: Callable[[], Awaitable[None]]) -> None:
        async def take(_payload: bytes, _neuron: Neuron, _reaction_id: Any) -> None:
            await reactant()

        await self.ganglion.adapt(NEURON, raw_reactants=[take])

    async def send(self) -> None:
        await self.ganglion.transmit_encoded(self.payload, NEURON)


async def main(job: PairJob) -> None:
    if job.role == "listener":
        ganglion = GanglionZmqTcpPair(bind_interface=HOST, port=0)
        endpoint = ganglion.socket.getsockopt_string(zmq.LAST_ENDPOINT)
        port = int(endpoint.rpartition(":")[2])
        end = End(ganglion, job.payload_bytes)
        elapsed_ns = await count_all(end, job, lambda: report_listening(port))
    else:
        peer = (ipaddress.ip_address(HOST), job.port)
        end = End(GanglionZmqTcpPair(peer=peer), job.payload_bytes)
        elapsed_ns = await (send_all if job.scenario == "one way" else ask_all)(end, job)
    report_done(elapsed_ns)


async def count_all(end: End, job: PairJob, listening: Callable[[], None]) -> int:
    count = 0
    start_ns = 0
    done = asyncio.get_running_loop().create_future()

    async def take() -> None:
        nonlocal count, start_ns
        count += 1
        if job.scenario == "round trip":
            await end.send()
        if count == job.warm_up:
            start_ns = time.perf_counter_ns()
        if count == job.messages_in_all:
            done.set_result(time.perf_counter_ns() - start_ns)

    await end.receive(take)
    listening()
    elapsed_ns = await done
    return elapsed_ns if job.scenario == "one way" else 0


async def send_all(end: End, job: PairJob) -> int:
    await end.ganglion.adapt(NEURON)
    for _ in range(job.messages_in_all):
        await end.send()
    return 0


async def ask_all(end: End, job: PairJob) -> int:
    answered = asyncio.Event()

    async def take() -> None:
        answered.set()

    await end.receive(take)
    for index in range(job.messages_in_all):
        if index == job.warm_up:
            start_ns = time.perf_counter_ns()
        answered.clear()
        await end.send()
        await answered.wait()
    return time.perf_counter_ns() - start_ns


asyncio.run(main(read_job(PairJob)))
