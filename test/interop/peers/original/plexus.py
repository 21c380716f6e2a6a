"""A plexus that joins the networks of its arguments: it transmits what it is told, and shows what it
hears. Each argument is an object of JSON with the URL of a ganglion.
"""

import asyncio
import json
import os
import sys
from typing import Any, Callable, Coroutine

from plexo.plexus import Plexus

from exchange import next_command, open_ganglion, say
from forms import FORMS, stranger


async def main() -> None:
    ganglia = [open_ganglion(json.loads(text)["url"]) for text in sys.argv[1:]]
    plexus = Plexus(ganglia)
    foo = FORMS["string"]().foo
    probe = stranger("Probe")
    for network, ganglion in enumerate(ganglia):
        # At the ganglion, so that the plexus does not know the type and forwards no probe.
        await ganglion.adapt(probe, [probed(network)])

    async def show(value: str, _neuron: Any, _reaction_id: Any) -> None:
        say("arrived", value=value)

    await plexus.adapt(foo, [show])
    say("listening")
    # Kept here, so that none is collected while it waits for a peer.
    probes = []
    while (command := await next_command()) is not None:
        if "foo" in command:
            await plexus.transmit(command["foo"], foo)
        else:
            probes += [
                asyncio.create_task(ganglion.transmit(command["probe"], probe))
                for ganglion in ganglia
            ]
    # As in exchange.py: closing would take ten seconds.
    os._exit(0)


def probed(network: int) -> Callable[[Any, Any, Any], Coroutine[Any, Any, None]]:
    async def say_so(value: str, _neuron: Any, _reaction_id: Any) -> None:
        say("probed", network=network, probe=value)

    return say_so


asyncio.run(main())
