/** SoakLink: two plexuses joined by a pair, with a cable between them that can be cut. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { PairGanglion } from "plexo/pair";
import { Relay } from "../../test/support/relay.ts";

const payload = new Uint8Array(64);
const Payload = new Neuron("Payload", new Namespace("dev.plexo.soak"), bytesCodec);

/** How many messages are sent between two that are awaited. */
const unawaited = 64;
// Far more than it takes to notice a cut, or to connect again.
const patienceMs = 10_000;

export class SoakLink implements AsyncDisposable {
  sent = 0;
  received = 0;
  readonly #relay: Relay;
  readonly #senderPair: PairGanglion;
  readonly #sender: Plexus;
  readonly #receiver: Plexus;

  private constructor(relay: Relay, receiverPair: PairGanglion) {
    this.#relay = relay;
    // 1,000 reconnects are to take seconds, though each connection is over soon.
    const retry = { retryMinMs: 1, retryMaxMs: 1 };
    this.#senderPair = new PairGanglion({ connect: relay.address, ...retry });
    this.#sender = new Plexus({ ganglia: [this.#senderPair] });
    this.#receiver = new Plexus({ ganglia: [receiverPair] });
    this.#receiver.react(Payload, () => {
      this.received += 1;
    });
    // That a connection broke, and what was lost with it, is what is asked for here.
    for (const plexus of [this.#sender, this.#receiver]) plexus.on("incident", () => {});
  }

  static async open(): Promise<SoakLink> {
    const receiverPair = new PairGanglion({ bind: { host: "127.0.0.1", port: 0 } });
    await receiverPair.opened;
    const relay = await Relay.open();
    relay.target = receiverPair.address;
    return new SoakLink(relay, receiverPair);
  }

  /** Resolves when the receiver has read them. */
  async send(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const wait = this.#sender.transmitRaw(Payload, payload);
      this.sent += 1;
      if (index % unawaited === 0) await wait;
    }
    await this.#senderPair.flush();
  }

  /** Cuts the cable that often, each time with messages under way and until both are joined again. */
  async reconnect(times: number): Promise<void> {
    for (let index = 0; index < times; index++) await this.#reconnectOnce();
  }

  /** Messages that the sender has counted as dropped. */
  get dropped(): number {
    const counts = Object.values(this.#sender.stats().dropped);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender.close();
    await this.#receiver.close();
    this.#relay.close();
  }

  async #reconnectOnce(): Promise<void> {
    for (let index = 0; index < unawaited; index++) {
      void this.#sender.transmitRaw(Payload, payload);
      this.sent += 1;
    }
    this.#relay.cut();
    await this.#peerCount(0);
    await this.#peerCount(1);
    await this.send(1);
  }

  async #peerCount(wanted: 0 | 1): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    while (this.#senderPair.peerCount !== wanted) {
      if (performance.now() > deadlineMs) throw new Error(`no ${wanted} peers in ${patienceMs} ms`);
      await turn();
    }
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
