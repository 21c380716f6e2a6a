import { describe, expect, onTestFinished, test } from "vitest";
import { randomPort } from "../../../test/support/random-port.ts";
import type { EpgmChannel } from "../../epgm/channel.ts";
import { EpgmNode } from "../../epgm/node.ts";
import { ClosedError, TransportError } from "../../errors.ts";
import { WindowPool } from "../../identity.ts";
import { Impulse } from "../../impulse.ts";
import type { Incident } from "../../incident.ts";
import { completeQueueOptions } from "../../queue.ts";
import { until } from "../../testing/until.ts";
import { MulticastSynapse, type SynapseHome } from "./synapse.ts";

const topic = "dev.plexo.test.Count.json";
const groupOf = (address: number): string => `239.255.7.${address}`;

/** A home with real sockets, whose groups can be kept from being joined. */
class Home implements SynapseHome {
  readonly name = "home";
  readonly windows = new WindowPool();
  readonly queue = completeQueueOptions();
  readonly incidents: Incident[] = [];
  readonly failures: TransportError[] = [];
  /** How often a group will not be joined. */
  refusals = 0;
  readonly #node: EpgmNode;

  constructor(node: EpgmNode) {
    this.#node = node;
  }

  join(_synapse: MulticastSynapse, address: number): Promise<EpgmChannel> {
    if (this.refusals > 0) {
      this.refusals -= 1;
      return Promise.reject(new TransportError("no more groups"));
    }
    return this.#node.join(groupOf(address), {});
  }

  framesOf({ topicBytes }: MulticastSynapse, { bytes }: Impulse): Uint8Array[] {
    return [topicBytes, bytes];
  }

  joinFailed(cause: TransportError): void {
    this.failures.push(cause);
  }

  report(incident: Incident): void {
    this.incidents.push(incident);
  }

  readinessChanged(): void {}

  graceMs(): number {
    return 50;
  }
}

/** A synapse, and another node that hears what is sent to a group. */
async function makeStage(): Promise<{
  readonly home: Home;
  readonly synapse: MulticastSynapse;
  readonly hear: (address: number) => Promise<string[]>;
}> {
  const options = { port: randomPort(), interface: "127.0.0.1", graceMs: 0 };
  const [node, other] = [await EpgmNode.open(options), await EpgmNode.open(options)];
  onTestFinished(async () => {
    await Promise.all([node.close({ lingerMs: 0 }), other.close()]);
  });
  const home = new Home(node);
  return {
    home,
    synapse: new MulticastSynapse(topic, undefined, home),
    hear: async (address) => {
      const heard: string[] = [];
      await other.join(groupOf(address), {
        message: ([, payload]) => heard.push(String(payload?.[0])),
        finished: () => heard.push("end"),
      });
      return heard;
    },
  };
}

function impulse(number: number): Impulse {
  return Impulse.ofBytes(topic, Uint8Array.of(number));
}

describe("MulticastSynapse", () => {
  test("what is sent before there is an address waits, and goes out in its order", async () => {
    const { synapse, hear } = await makeStage();
    const heard = await hear(1);
    for (const number of [1, 2, 3])
      expect(synapse.offer(impulse(number), undefined)).toBeUndefined();
    expect(synapse.isDrained).toBe(false);
    synapse.countDepth(4);
    expect(synapse.counters.queueDepth).toBe(7);
    await synapse.route({ send: [1], listen: [] });
    void synapse.offer(impulse(4), undefined);
    await until("all are heard", () => heard.length === 4);
    expect(heard).toEqual(["1", "2", "3", "4"]);
    await until("none waits", () => synapse.isDrained);
    synapse.countDepth(0);
    expect(synapse.counters.queueDepth).toBe(0);
  });

  test("on another address it goes on there, and ends on the old one", async () => {
    const { synapse, hear } = await makeStage();
    const [old, young] = [await hear(1), await hear(2)];
    await synapse.route({ send: [1], listen: [] });
    void synapse.offer(impulse(1), undefined);
    await until("it is heard", () => old.length === 1);
    await synapse.route({ send: [2], listen: [] });
    void synapse.offer(impulse(2), undefined);
    await until("the old one has ended", () => old.length === 2 && young.length === 1);
    expect({ old, young }).toEqual({ old: ["1", "end"], young: ["2"] });
  });

  test("a group that cannot be joined is told, and tried again", async () => {
    const { home, synapse, hear } = await makeStage();
    const heard = await hear(1);
    home.refusals = 1;
    void synapse.offer(impulse(1), undefined);
    await synapse.route({ send: [1], listen: [] });
    expect(home.failures.map(({ message }) => message)).toEqual(["no more groups"]);
    expect(synapse.hasOutgoing).toBe(false);
    await until("it is heard", () => heard.length === 1);
    expect(home.failures).toHaveLength(1);
  });

  test("at the close what waits is dropped, counted and told, and nothing is joined any more", async () => {
    const { home, synapse } = await makeStage();
    for (const number of [1, 2]) void synapse.offer(impulse(number), undefined);
    await synapse.close(0, new ClosedError("closed"));
    expect(synapse.counters.snapshot().dropped).toEqual({ closed: 2 });
    expect(home.incidents).toMatchObject([{ reason: "closed", count: 2, topic }]);
    await synapse.route({ send: [1], listen: [1] });
    expect(synapse.channels).toEqual([]);
  });
});
