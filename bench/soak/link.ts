/** SoakLink: two plexuses joined by one transport, with a cable between them that can be cut. */
import { bytesCodec, Namespace, Neuron, Plexus } from "plexo";
import { Relay } from "../../test/support/relay.ts";
import { type Ends, type Transport, transports } from "./ends.ts";

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
  readonly #ends: Ends;
  readonly #sender: Plexus;
  readonly #receiver: Plexus;

  private constructor(relay: Relay, ends: Ends) {
    this.#relay = relay;
    this.#ends = ends;
    this.#sender = new Plexus({ ganglia: [ends.sender] });
    this.#receiver = new Plexus({ ganglia: [ends.receiver] });
    this.#receiver.react(Payload, () => {
      this.received += 1;
    });
    // That a connection broke, and what was lost with it, is what is asked for here.
    for (const plexus of [this.#sender, this.#receiver]) plexus.on("incident", () => {});
  }

  /** Resolves when what is sent would arrive. */
  static async open(transport: Transport): Promise<SoakLink> {
    const relay = await Relay.open();
    const link = new SoakLink(relay, await transports[transport](relay));
    await link.#joined();
    return link;
  }

  /** Resolves when the receiver has read them. */
  async send(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const wait = this.#sender.transmitRaw(Payload, payload);
      this.sent += 1;
      if (index % unawaited === 0) await wait;
    }
    await this.#ends.sender.flush();
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
    await this.#connectionCount(0);
    await this.#joined();
    await this.send(1);
  }

  async #joined(): Promise<void> {
    await this.#connectionCount(1);
    await this.#sender.ready(Payload);
  }

  async #connectionCount(wanted: 0 | 1): Promise<void> {
    const deadlineMs = performance.now() + patienceMs;
    while (this.#ends.connector.peerCount !== wanted) {
      if (performance.now() > deadlineMs) throw new Error(`no ${wanted} peers in ${patienceMs} ms`);
      await turn();
    }
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
