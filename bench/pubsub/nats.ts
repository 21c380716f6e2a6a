/** nats.js (`@nats-io/transport-node`): core NATS, through a nats-server. */
import { connect } from "@nats-io/transport-node";
import { publisherOn } from "../wire/nats.ts";
import type { PubSubRival } from "./rival.ts";

export const natsPubSub: PubSubRival = {
  async publisher(port, topics) {
    const connection = await connect({ servers: `127.0.0.1:${port}` });
    const publish = publisherOn(connection);
    return {
      port,
      publisher: {
        awaitsEach: true,
        // The job says how many types there are.
        publish: (type, payload) => publish(topics[type] as string, payload),
        close: () => connection.drain(),
      },
    };
  },
  async subscriber(port, topics, onPayload) {
    const connection = await connect({ servers: `127.0.0.1:${port}` });
    for (const topic of topics) {
      connection.subscribe(topic, { callback: (_error, { data }) => onPayload(data) });
    }
    return { close: () => connection.drain() };
  },
};
