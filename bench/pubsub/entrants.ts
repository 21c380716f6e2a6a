/** Who takes part in the benches of pub/sub. */
import type { Peers } from "../peers.ts";
import { type Entrant, nodeEntrant, pythonEntrant } from "../wire/entrant.ts";

/** All but those whose peer is missing. */
export function pubSubEntrants({ natsServer, pyzmq, original }: Peers): readonly Entrant[] {
  const inNode = (name: string, messages: number, port?: number): Entrant =>
    nodeEntrant(new URL("./end.js", import.meta.url), name, messages, port);
  return [
    inNode("plexo raw", 1_000_000),
    inNode("zeromq PUB/SUB", 100_000),
    ...(natsServer ? [inNode("nats.js", 300_000, natsServer.port)] : []),
    ...(pyzmq ? [pythonEntrant(pyzmq, "pyzmq_pubsub.py", "pyzmq PUB/SUB", 200_000)] : []),
    ...(original ? [pythonEntrant(original, "original_pubsub.py", "plexo for Python", 8_000)] : []),
    inNode("bare node:net", 2_000_000),
  ];
}
