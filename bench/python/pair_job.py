"""What an end of a pair is told; bench/pair/job.ts describes it."""

from typing import NamedTuple


class PairJob(NamedTuple):
    scenario: str
    role: str
    port: int
    payload_bytes: int
    warm_up: int
    messages: int

    @property
    def messages_in_all(self) -> int:
        return self.warm_up + self.messages
