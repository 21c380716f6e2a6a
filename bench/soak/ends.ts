/** The two ends of a link that is soaked, by each transport; between them a relay, as a cable. */
import { PairGanglion } from "plexo/pair";
import { PubSubGanglion } from "plexo/pubsub";
import type { Relay } from "../../test/support/relay.ts";

export interface Ends {
  readonly sender: PairGanglion | PubSubGanglion;
  readonly receiver: PairGanglion | PubSubGanglion;
  /** The one that connects: it knows whether it is connected. */
  readonly connector: PairGanglion | PubSubGanglion;
}

export type Transport = keyof typeof transports;

const loopback = { host: "127.0.0.1", port: 0 };
// 1,000 reconnects are to take seconds, though each connection is over soon.
const retry = { retryMinMs: 1, retryMaxMs: 1 };

/** Each opens its ends, and joins them by `relay`. */
export const transports = {
  pair: async (relay: Relay): Promise<Ends> => {
    const receiver = new PairGanglion({ bind: loopback });
    await receiver.opened;
    relay.target = receiver.address;
    const sender = new PairGanglion({ connect: relay.address, ...retry });
    return { sender, receiver, connector: sender };
  },
  "pub/sub": async (relay: Relay): Promise<Ends> => {
    // Nothing shall be dropped for want of a place.
    const sender = new PubSubGanglion({ bind: loopback, queue: { policy: "block" } });
    await sender.opened;
    relay.target = sender.address;
    const receiver = new PubSubGanglion({ peers: [relay.address], ...retry });
    return { sender, receiver, connector: receiver };
  },
} as const;
