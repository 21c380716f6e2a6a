"""Answers every Foo with a Bar."""

from typing import Any

from plexo.axon import Axon

from exchange import Exchange, next_command, run, say


async def respond(exchange: Exchange) -> None:
    form = exchange.form
    # An axon adapts at its first transmit. Adapting Bar here, before Foo, would begin to receive,
    # and the Foos of a sender that waits already would be dropped as unknown.
    bars = Axon(form.bar, exchange.plexus)

    async def answer(foo: Any, _neuron: Any, _reaction_id: Any) -> None:
        say("arrived", value=form.line_of(foo))
        await bars.transmit(form.answer(foo, exchange.node_id))

    await exchange.plexus.adapt(form.foo, [answer])
    say("listening")
    # A responder is told nothing, so what comes next is the end.
    await next_command()


run(respond)
