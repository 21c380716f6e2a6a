"""What an end in Python shares with all ends: the job, the reports, the lines of standard input.

bench/pair/job.ts, bench/pubsub/job.ts and bench/wire/report.ts describe them.
"""

import json
import os
import re
import sys
import threading
from typing import Type, TypeVar

HOST = "127.0.0.1"

Job = TypeVar("Job")


def read_job(kind: Type[Job]) -> Job:
    """The job of this process, which will not outlive whoever gave it."""
    told = json.loads(sys.argv[1])
    threading.Thread(target=follow_input, daemon=True).start()
    return kind(**{snake_case(name): value for name, value in told.items()})


def snake_case(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), name)


def report_listening(port: int) -> None:
    report({"kind": "listening", "port": port})


def report_subscribed() -> None:
    report({"kind": "subscribed"})


def report_done(elapsed_ns: int) -> None:
    """Reports, then waits until every end is done and ends the process."""
    done.set()
    report({"kind": "done", "elapsedNs": elapsed_ns})
    threading.Event().wait()


def report(message: dict) -> None:
    print(json.dumps(message), flush=True)


# Set when this end is told to begin.
begun = threading.Event()
done = threading.Event()


def follow_input() -> None:
    for _ in sys.stdin.buffer:
        begun.set()
    # Whatever the other threads wait for, and sockets that want to linger, ends with the process.
    os._exit(0 if done.is_set() else 1)
