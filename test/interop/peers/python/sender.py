"""Sends a Foo for each line of standard input, {"foo": ...}, and shows the Bars that come back.

A line {"payload": HEX} sends these bytes as a Foo, whatever they are.
"""

from typing import Any

from exchange import Exchange, next_command, run, say


async def send(exchange: Exchange) -> None:
    form, plexus = exchange.form, exchange.plexus

    async def show(bar: Any, _neuron: Any, _reaction_id: Any) -> None:
        say("arrived", value=form.line_of(bar))

    await plexus.adapt(form.foo)
    await plexus.adapt(form.bar, [show])
    say("listening")
    while (command := await next_command()) is not None:
        if "payload" in command:
            await exchange.ganglion.transmit_encoded(bytes.fromhex(command["payload"]), form.foo)
        else:
            await plexus.transmit(form.foo_of_line(command["foo"]), form.foo)


run(send)
