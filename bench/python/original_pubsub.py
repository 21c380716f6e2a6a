"""The original of plexo: its TCP pub/sub, without a plexus, which would make it slower; raw bytes."""

import asyncio
import ipaddress
import time
from typing import Any, Callable, List

import zmq
from plexo.codec.string_codec import StringCodec
from plexo.ganglion.tcp_pubsub import GanglionZmqTcpPubSub
from plexo.namespace.namespace import Namespace
from plexo.neuron.neuron import Neuron

from measure import HOST, begun, read_job, report_done, report_listening, report_subscribed
from pubsub_job import PROBE_BYTES, PROBE_EVERY_S, PubSubJob

NAMESPACE = Namespace(["dev", "plexo", "bench"])
# It drops messages above its bound, which nothing of its own can lift.
UNBOUNDED = 0


async def main(job: PubSubJob) -> None:
    neurons = [Neuron(str, NAMESPACE, StringCodec(), name) for name in job.type_names]
    report_done(await (publish if job.role == "publisher" else subscribe)(job, neurons))


async def publish(job: PubSubJob, neurons: List[Neuron]) -> int:
    ganglion = GanglionZmqTcpPubSub(bind_interface=HOST, port_pub=0)
    socket = ganglion._socket_pub
    endpoint = socket.getsockopt_string(zmq.LAST_ENDPOINT)
    report_listening(int(endpoint.rpartition(":")[2]))
    for neuron in neurons:
        await ganglion.adapt(neuron)
    while not begun.is_set():
        await ganglion.transmit_encoded(bytes(PROBE_BYTES), neurons[-1])
        await asyncio.sleep(PROBE_EVERY_S)
    # After its bind that holds for the connections which are there: now all are.
    socket.setsockopt(zmq.SNDHWM, UNBOUNDED)
    payload = bytes(job.payload_bytes)
    for turn in job.turns:
        await ganglion.transmit_encoded(payload, neurons[turn])
    return 0


async def subscribe(job: PubSubJob, neurons: List[Neuron]) -> int:
    count = 0
    start_ns = 0
    warm_up = job.warm_up * job.subscribers
    messages_in_all = warm_up + job.messages * job.subscribers
    elapsed = asyncio.get_running_loop().create_future()

    def take() -> None:
        nonlocal count, start_ns
        count += 1
        if count == warm_up:
            start_ns = time.perf_counter_ns()
        if count == messages_in_all:
            elapsed.set_result(time.perf_counter_ns() - start_ns)

    await asyncio.gather(*(open_subscriber(job, neurons, take) for _ in range(job.subscribers)))
    report_subscribed()
    return await elapsed


async def open_subscriber(job: PubSubJob, neurons: List[Neuron], take: Callable[[], None]) -> None:
    """Returns when a probe has come through."""
    peer = (ipaddress.ip_address(HOST), job.port)
    # It always publishes, too.
    ganglion = GanglionZmqTcpPubSub(bind_interface=HOST, port_pub=0, peers=[peer])
    probed = asyncio.Event()

    async def react(payload: bytes, _neuron: Neuron, _reaction_id: Any) -> None:
        if len(payload) == PROBE_BYTES:
            probed.set()
        else:
            take()

    # The one of the probes first: it warns of each message that it does not know.
    for neuron in reversed(neurons):
        await ganglion.adapt(neuron, raw_reactants=[react])
    await probed.wait()


asyncio.run(main(read_job(PubSubJob)))
