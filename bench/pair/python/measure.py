"""What an end in Python shares with all ends: the job, the reports, the end of standard input.

bench/pair/job.ts and bench/wire/report.ts describe them.
"""

import json
import os
import sys
import threading
from typing import NamedTuple

HOST = "127.0.0.1"


class Job(NamedTuple):
    scenario: str
    role: str
    port: int
    payload_bytes: int
    warm_up: int
    messages: int

    @property
    def messages_in_all(self) -> int:
        return self.warm_up + self.messages


def read_job() -> Job:
    """The job of this process, which will not outlive whoever gave it."""
    told = json.loads(sys.argv[1])
    threading.Thread(target=end_with_input, daemon=True).start()
    return Job(
        scenario=told["scenario"],
        role=told["role"],
        port=told["port"],
        payload_bytes=told["payloadBytes"],
        warm_up=told["warmUp"],
        messages=told["messages"],
    )


def report_listening(port: int) -> None:
    report({"kind": "listening", "port": port})


def report_done(elapsed_ns: int) -> None:
    """Reports, then waits until every end is done and ends the process."""
    done.set()
    report({"kind": "done", "elapsedNs": elapsed_ns})
    threading.Event().wait()


def report(message: dict) -> None:
    print(json.dumps(message), flush=True)


done = threading.Event()


def end_with_input() -> None:
    sys.stdin.buffer.read()
    # Whatever the other threads wait for, and sockets that want to linger, ends with the process.
    os._exit(0 if done.is_set() else 1)
