import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heartbeat, legacyHeartbeat, record } from "../../../test/support/consensus-messages.ts";
import { AddressSpace } from "./address-space.ts";
import { OwnListenedTypes } from "./listened-types.ts";
import { Membership } from "./membership.ts";
import type { Heartbeat } from "./message.ts";
import type { RouteOutput } from "./output.ts";
import { RecordTable } from "./record-table.ts";
import { Routes } from "./routes.ts";

const type = "dev.Tea";
const [sends, listens] = [
  { sends: true, listens: false },
  { sends: false, listens: true },
];
const both = { sends: true, listens: true };

/** The routes of one node, and what changes them. */
class World {
  readonly membership = new Membership(
    1n,
    100,
    (pattern, typeName) => pattern === "dev.>" && typeName.startsWith("dev."),
  );
  readonly table = new RecordTable(new AddressSpace("239.255.0.0/16"));
  readonly told: RouteOutput[] = [];
  readonly routes: Routes;
  nowMs = 0;

  constructor(heldAddresses: () => Iterable<number> = () => []) {
    const { table, membership, told } = this;
    this.routes = new Routes({
      table,
      membership,
      heldAddresses,
      emit: (output) => told.push(output),
    });
  }

  get last(): Pick<RouteOutput, "send" | "listen"> {
    const { send = [], listen = [] } = this.told.at(-1) ?? {};
    return { send, listen };
  }

  decide(address: number, epoch: bigint): void {
    this.table.merge(record(type, address, { epoch }));
    this.routes.update(type, this.nowMs);
  }

  /** The first address, which all who are there have shown. */
  begin(address: number): void {
    this.decide(address, 0n);
    for (const { instanceId } of this.membership.nodes) this.shown(instanceId);
  }

  hear(message: Heartbeat): void {
    this.membership.hear(message, this.nowMs);
    this.routes.viewChanged(this.nowMs);
  }

  /** All that is due up to then. */
  passTo(endMs: number): void {
    for (let dueMs = this.routes.deadlineMs; dueMs <= endMs; dueMs = this.routes.deadlineMs) {
      this.nowMs = dueMs;
      this.routes.wake(dueMs);
    }
    this.nowMs = endMs;
  }

  shown(instanceId: bigint): void {
    const known = this.table.get(type);
    if (known !== undefined) this.routes.shown(instanceId, known, this.nowMs);
  }
}

/** Of a node that listens to these types. */
function listener(instanceId: bigint, ...names: readonly string[]): Heartbeat {
  const types = new OwnListenedTypes(64);
  for (const name of names) types.add(name);
  return heartbeat(instanceId, types.tell());
}

describe("R10: the first address", () => {
  test("it is taken at once, by who sends to send on, by who listens to listen on", () => {
    for (const use of [sends, listens, both]) {
      const world = new World();
      world.routes.use(type, use, 0);
      expect(world.told).toEqual([]);
      world.decide(77, 0n);
      expect(world.last).toEqual({
        send: use.sends ? [77] : [],
        listen: use.listens ? [77] : [],
      });
    }
  });

  test("who sends first waits for those who listen, by name or by pattern, to show that they know it", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.hear(listener(3n, "dev.>"));
    world.hear(listener(4n, "dev.Milk", "org.>"));
    world.routes.use(type, sends, 0);
    world.decide(77, 0n);
    world.shown(2n);
    expect(world.last.send).toEqual([]);
    world.routes.shownAll(3n, 0);
    expect(world.last.send).toEqual([77]);
  });

  test("it waits half a second for those who show nothing, and not at all for nodes of pyplexo", () => {
    const world = new World();
    world.hear(legacyHeartbeat(9n));
    world.hear(listener(2n, type));
    world.routes.use(type, sends, 0);
    world.decide(77, 0n);
    world.passTo(499);
    expect(world.last.send).toEqual([]);
    world.passTo(500);
    expect(world.last.send).toEqual([77]);
  });

  test("it does not wait for those whose records are the same, nor once they are gone", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.decide(77, 0n);
    world.hear({ ...listener(3n, type), digest: world.table.digest });
    world.routes.use(type, sends, 0);
    expect(world.last.send).toEqual([]);
    world.hear(heartbeat(2n, { leaving: true }));
    expect(world.last.send).toEqual([77]);
  });

  test("who comes to use a type that has an address uses it, and leaves it on release", () => {
    const world = new World();
    world.decide(77, 0n);
    world.routes.use(type, both, 0);
    expect(world.last).toEqual({ send: [77], listen: [77] });
    world.routes.use(type, listens, 0);
    expect(world.last).toEqual({ send: [], listen: [77] });
    world.routes.release(type);
    expect(world.last).toEqual({ send: [], listen: [] });
    world.decide(78, 1n);
    expect(world.told).toHaveLength(3);
  });
});

describe("R10: a move", () => {
  test("R10: a sender switches when all it hears have shown the record, and no sooner", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.hear(listener(3n, type));
    world.hear(listener(4n, "dev.Milk"));
    world.routes.use(type, sends, 0);
    world.begin(77);
    world.decide(78, 1n);
    expect(world.last.send).toEqual([77]);
    world.shown(2n);
    expect(world.last.send).toEqual([77]);
    world.routes.shownAll(3n, 0);
    // The word that it listens to this type, too, may be under way.
    expect(world.last.send).toEqual([77]);
    world.shown(4n);
    expect(world.last.send).toEqual([78]);
  });

  test("R10: nobody waits for one who is gone, nor for nodes of pyplexo", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.hear(legacyHeartbeat(9n));
    world.routes.use(type, sends, 0);
    world.begin(77);
    world.decide(78, 1n);
    expect(world.last.send).toEqual([77]);
    world.hear(heartbeat(2n, { leaving: true }));
    expect(world.last.send).toEqual([78]);
  });

  test("R10: for one who is heard and shows nothing it waits 20 s", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.routes.use(type, sends, 0);
    world.begin(77);
    world.decide(78, 1n);
    world.passTo(19_999);
    expect(world.last.send).toEqual([77]);
    world.passTo(20_000);
    expect(world.last.send).toEqual([78]);
  });

  test("R10: a receiver joins the new address at once, and leaves the old 30 s after all have shown it", () => {
    const world = new World();
    world.hear(listener(2n));
    world.routes.use(type, listens, 0);
    world.begin(77);
    world.decide(78, 1n);
    expect(world.last.listen).toEqual([78, 77]);
    world.passTo(5_000);
    world.shown(2n);
    world.passTo(34_999);
    expect(world.last.listen).toEqual([78, 77]);
    world.passTo(35_000);
    expect(world.last.listen).toEqual([78]);
    expect(world.routes.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("R10: it leaves after 10 minutes whoever has shown nothing", () => {
    const world = new World();
    world.hear(listener(2n));
    world.routes.use(type, listens, 0);
    world.begin(77);
    world.decide(78, 1n);
    world.passTo(599_999);
    expect(world.last.listen).toEqual([78, 77]);
    world.passTo(600_000);
    expect(world.last.listen).toEqual([78]);
  });

  test("L2: of many records at once the first addresses stay heard, where somebody sends, and the last", () => {
    const world = new World();
    world.hear(listener(2n));
    world.routes.use(type, listens, 0);
    world.begin(77);
    for (let count = 1; count <= 100; count += 1) world.decide(100 + count, BigInt(count));
    expect(world.last.listen).toEqual([200, 77, 101, 102, 103, 104, 105, 106, 107]);
    world.passTo(600_000);
    expect(world.last.listen).toEqual([200]);
  });

  test("what was shown of an earlier record says nothing of a later one", () => {
    const world = new World();
    world.hear(listener(2n, type));
    world.routes.use(type, sends, 0);
    world.begin(77);
    world.decide(78, 1n);
    world.routes.shown(2n, record(type, 77), 0);
    expect(world.last.send).toEqual([77]);
    world.decide(79, 2n);
    world.routes.shown(2n, record(type, 78, { epoch: 1n }), 0);
    expect(world.last.send).toEqual([77]);
    world.shown(2n);
    expect(world.last.send).toEqual([79]);
  });
});

test("what nodes of pyplexo hold beside the record is sent and listened on too", () => {
  const held = new Set<number>([77]);
  const world = new World(() => held);
  world.routes.use(type, both, 0);
  world.decide(77, 0n);
  held.add(80);
  world.routes.update(type, 0);
  expect(world.last).toEqual({ send: [77, 80], listen: [77, 80] });
});

describe("how many receivers there are", () => {
  test("those who listen and have shown the record, by it or by the digest of all", () => {
    const world = new World();
    world.routes.use(type, sends, 0);
    world.decide(77, 0n);
    world.hear(listener(2n, type));
    world.hear({ ...listener(3n, type), digest: world.table.digest });
    world.hear({ ...listener(4n), digest: world.table.digest });
    expect(world.routes.receiverCount(type)).toBe(1);
    world.shown(2n);
    expect(world.routes.receiverCount(type)).toBe(2);
    expect(world.routes.receiverCount("dev.Milk")).toBe(0);
  });
});

test("G5: whatever happens, a receiver never listens on nothing, and always where it was told to send", () => {
  // A receiver's node also sends: what it sends on is what others of its kind send on.
  const events = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("decide"), address: fc.integer({ min: 40, max: 45 }) }),
      fc.record({ kind: fc.constant("shown"), id: fc.bigInt(2n, 4n) }),
      fc.record({ kind: fc.constant("all"), id: fc.bigInt(2n, 4n) }),
      fc.record({ kind: fc.constant("leave"), id: fc.bigInt(2n, 4n) }),
      fc.record({ kind: fc.constant("pass"), ms: fc.nat(40_000) }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(events, (all) => {
      const world = new World();
      for (const id of [2n, 3n, 4n]) world.hear({ ...listener(id, type), intervalMs: 3_600_000 });
      world.routes.use(type, both, 0);
      world.begin(40);
      let epoch = 0n;
      for (const event of all) {
        if ("address" in event) world.decide(event.address, (epoch += 1n));
        else if ("ms" in event) world.passTo(world.nowMs + event.ms);
        else if (event.kind === "shown") world.shown(event.id);
        else if (event.kind === "all") world.routes.shownAll(event.id, world.nowMs);
        else world.hear(heartbeat(event.id, { leaving: true }));
        expect(world.routes.deadlineMs).toBeGreaterThan(world.nowMs);
      }
      const target = world.table.get(type)?.address;
      // At first it waited for the others.
      for (const { send, listen } of world.told.slice(1)) {
        expect(send).toHaveLength(1);
        expect(listen).toEqual(expect.arrayContaining([...send]));
        expect(new Set(listen).size).toBe(listen.length);
      }
      world.passTo(world.nowMs + 700_000);
      expect(world.last).toEqual({ send: [target], listen: [target] });
    }),
  );
});
