import { expect, onTestFinished, test } from "vitest";
import { makeGate } from "../../../test/support/notebook.ts";
import { randomPort } from "../../../test/support/random-port.ts";
import { EpgmNode } from "../../epgm/node.ts";
import { AddressSpace } from "../../protocol/consensus/address-space.ts";
import type { RouteOutput } from "../../protocol/consensus/output.ts";
import { turn, until } from "../../testing/until.ts";
import { ControlPlane } from "./control-plane.ts";

const topic = "dev.plexo.test.Count.json";
const port = randomPort();

async function open(route: (route: RouteOutput) => Promise<void>): Promise<ControlPlane> {
  const node = await EpgmNode.open({ port, interface: "127.0.0.1", graceMs: 0 });
  const plane = new ControlPlane(new AddressSpace("239.255.0.0/16"), undefined, {
    route,
    recorded: () => {},
    changed: () => {},
    incident: () => {},
    malformed: () => {},
    refused: () => {},
    failed: () => {},
  });
  onTestFinished(async () => {
    await plane.close(0);
    await node.close({ lingerMs: 0 });
  });
  await plane.open(node);
  return plane;
}

test("nobody is told of an address before its group is joined", async () => {
  const gate = makeGate();
  const routes: RouteOutput[] = [];
  const receiver = await open((route) => {
    routes.push(route);
    return gate.opened;
  });
  const sender = await open(() => Promise.resolve());
  await until("they hear each other", () =>
    [receiver, sender].every(({ peers }) => peers.some(({ voter }) => voter)),
  );
  receiver.use(topic, { sends: false, listens: true });
  await until("an address is agreed on", () => routes.length > 0);
  expect(routes[0]).toMatchObject({ typeName: topic, send: [], listen: [expect.any(Number)] });
  for (let turns = 0; turns < 20; turns += 1) await turn();
  expect(receiver.hasRecord(topic)).toBe(true);
  expect([sender.hasRecord(topic), sender.receiverCount(topic)]).toEqual([false, 0]);
  gate.open();
  await until("it is told", () => sender.receiverCount(topic) === 1);
  expect(sender.hasRecord(topic)).toBe(true);
});

test("who goes says so, though a group is still being joined", async () => {
  const gate = makeGate();
  const [leaving, staying] = [await open(() => gate.opened), await open(() => Promise.resolve())];
  await until("they hear each other", () =>
    [leaving, staying].every(({ peers }) => peers.some(({ voter }) => voter)),
  );
  leaving.use(topic, { sends: false, listens: true });
  const closed = leaving.close(1_000);
  gate.open();
  await closed;
  const closedMs = performance.now();
  // Long before it would be missed.
  await until("it is known to have gone", () => staying.peers.length === 0);
  expect(performance.now() - closedMs).toBeLessThan(3_000);
});
