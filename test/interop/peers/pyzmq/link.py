"""The sockets of libzmq that a URL stands for, and what a message is on them."""

from typing import Dict, List, Tuple
from urllib.parse import parse_qs, urlsplit

import zmq

import envelope


class Link:
    """A socket to send with and one to receive with; they may be the same."""

    sender: zmq.Socket
    receiver: zmq.Socket

    def send(self, topic: bytes, payload: bytes) -> None:
        raise NotImplementedError

    def receive(self) -> Tuple[bytes, bytes]:
        """The topic and the payload of the next message."""
        raise NotImplementedError

    def send_frames(self, frames: List[bytes]) -> None:
        """Sends these frames as they are."""
        self.sender.send_multipart(frames)


class Pair(Link):
    """One frame for each message, a PlexoMessage. `send` waits where there is no peer yet."""

    def __init__(self, context: zmq.Context, address: str, is_bound: bool) -> None:
        self.sender = self.receiver = context.socket(zmq.PAIR)
        if is_bound:
            self.receiver.bind(address)
        else:
            self.receiver.connect(address)

    def send(self, topic: bytes, payload: bytes) -> None:
        self.sender.send(envelope.pack(topic, payload))

    def receive(self) -> Tuple[bytes, bytes]:
        (body,) = self.receiver.recv_multipart()
        return envelope.unpack(body)


class PubSub(Link):
    """Two frames for each message: topic and payload."""

    def __init__(
        self, context: zmq.Context, address: str, peers: List[str], prefix: bytes
    ) -> None:
        self.sender = context.socket(zmq.PUB)
        self.sender.bind(address)
        self.receiver = context.socket(zmq.SUB)
        self.receiver.subscribe(prefix)
        for peer in peers:
            self.receiver.connect(f"tcp://{peer}")

    def send(self, topic: bytes, payload: bytes) -> None:
        self.sender.send_multipart([topic, payload])

    def receive(self) -> Tuple[bytes, bytes]:
        topic, payload = self.receiver.recv_multipart()
        return topic, payload


def open_link(url: str, topic: bytes) -> Link:
    """Opens `pair://HOST:PORT`, `pair://HOST:PORT?bind`, or `pubsub://HOST:PORT?peers=HOST:PORT,...`,
    which publishes at the first address and subscribes at the others: to `topic`, or to what begins
    as `&subscribe=PREFIX` says.
    """
    parts = urlsplit(url)
    address = f"tcp://{parts.netloc}"
    parameters: Dict[str, List[str]] = parse_qs(parts.query, keep_blank_values=True)
    context = zmq.Context()
    # Nothing unsent keeps the program from ending.
    context.linger = 0
    if parts.scheme == "pair":
        return Pair(context, address, is_bound="bind" in parameters)
    prefix = parameters["subscribe"][0].encode() if "subscribe" in parameters else topic
    return PubSub(context, address, parameters["peers"][0].split(","), prefix)
