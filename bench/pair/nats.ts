/** nats.js (`@nats-io/transport-node`): core NATS, through a nats-server between the two ends. */
import { connect } from "@nats-io/transport-node";
import { publisherOn } from "../wire/nats.ts";
import type { PairEnd, PairRival } from "./rival.ts";

/** What the connector sends, and what the listener does: a connection hears itself, too. */
const out = "dev.plexo.bench.Out";
const back = "dev.plexo.bench.Back";

export const nats: PairRival = {
  listen: async (port, payloadBytes) => ({
    end: await open(port, { sends: back, takes: out }, payloadBytes),
    port,
  }),
  connect: (port, payloadBytes) => open(port, { sends: out, takes: back }, payloadBytes),
};

interface Subjects {
  readonly sends: string;
  readonly takes: string;
}

async function open(
  port: number,
  { sends, takes }: Subjects,
  payloadBytes: number,
): Promise<PairEnd> {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  const payload = new Uint8Array(payloadBytes);
  const publish = publisherOn(connection);
  return {
    awaitsEach: true,
    send: () => publish(sends, payload),
    receive: (onPayload) => {
      connection.subscribe(takes, { callback: (_error, { data }) => onPayload(data) });
      return connection.flush();
    },
    close: () => connection.drain(),
  };
}
