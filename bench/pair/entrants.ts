/** Who takes part in the benches of a pair. */
import type { Peers } from "../peers.ts";
import { type Entrant, nodeEntrant, pythonEntrant } from "../wire/entrant.ts";

/** All but those whose peer is missing. */
export function pairEntrants({ natsServer, pyzmq, original }: Peers): readonly Entrant[] {
  const inNode = (name: string, messages: number, port?: number): Entrant =>
    nodeEntrant(new URL("./end.js", import.meta.url), name, messages, port);
  return [
    inNode("plexo raw", 1_500_000),
    inNode("plexo typed JSON", 400_000),
    inNode("zeromq PAIR", 150_000),
    ...(natsServer ? [inNode("nats.js", 300_000, natsServer.port)] : []),
    ...(pyzmq ? [pythonEntrant(pyzmq, "pyzmq_pair.py", "pyzmq PAIR", 600_000)] : []),
    ...(original ? [pythonEntrant(original, "original_pair.py", "plexo for Python", 8_000)] : []),
    inNode("bare node:net", 3_000_000),
  ];
}
