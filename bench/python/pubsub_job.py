"""What the publisher and the process of all subscribers are told; bench/pubsub/job.ts describes it."""

from typing import Iterator, List, NamedTuple

PROBE_BYTES = 1
PROBE_EVERY_S = 0.005
# A prime, so that every type has its turn.
STRIDE = 7_919


class PubSubJob(NamedTuple):
    role: str
    port: int
    subscribers: int
    types: int
    payload_bytes: int
    warm_up: int
    messages: int

    @property
    def type_names(self) -> List[str]:
        return [f"Type{index}" for index in range(self.types)]

    @property
    def turns(self) -> Iterator[int]:
        """The type of each message, by its index."""
        return (index * STRIDE % self.types for index in range(self.warm_up + self.messages))
