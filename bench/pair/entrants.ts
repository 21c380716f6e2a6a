/** Who takes part in the benches of a pair. */
import { resolve } from "node:path";
import type { Peers } from "../peers.ts";
import { type Entrant, nodeEntrant } from "../wire/entrant.ts";

/** All but those whose peer is missing. */
export function pairEntrants({ natsServer, pyzmq, original }: Peers): readonly Entrant[] {
  const inNode = (name: string, messages: number, port?: number): Entrant =>
    nodeEntrant(new URL("./end.js", import.meta.url), name, messages, port);
  return [
    inNode("plexo raw", 1_500_000),
    inNode("plexo typed JSON", 400_000),
    inNode("zeromq PAIR", 150_000),
    ...(natsServer ? [inNode("nats.js", 300_000, natsServer.port)] : []),
    ...(pyzmq ? [inPython(pyzmq, "pyzmq_pair", "pyzmq PAIR", 600_000)] : []),
    ...(original ? [inPython(original, "original_pair", "plexo for Python", 8_000)] : []),
    inNode("bare node:net", 3_000_000),
  ];
}

function inPython(python: string, program: string, name: string, messages: number): Entrant {
  // -B: no compiled files beside the sources.
  const command = [python, "-B", resolve(`bench/pair/python/${program}.py`)] as const;
  return { name, command, port: 0, messages };
}
