"""Does what each line of standard input tells, and shows the Bars that come back."""

from typing import Any

from exchange import Exchange, next_command, run, say
from forms import stranger


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
        elif "stranger" in command:
            neuron = stranger(command["stranger"])
            await plexus.adapt(neuron)
            await plexus.transmit(command["stranger"], neuron)
        else:
            await plexus.transmit(form.foo_of_line(command["foo"]), form.foo)


run(send)
