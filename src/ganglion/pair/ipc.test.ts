/** A pair at a path: what differs from TCP. What does not, the suite of all ganglia tests. */
import { lstatSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { incidentsOf } from "../../../test/support/notebook.ts";
import { SocketFolder } from "../../../test/support/socket-folder.ts";
import { stringCodec } from "../../codec/string.ts";
import { TransportError, UsageError } from "../../errors.ts";
import type { Incident } from "../../incident.ts";
import type { IpcAddress } from "../../io/address.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { until } from "../../testing/until.ts";
import { openGanglion } from "../open.ts";
import { PairGanglion, type PairOptions } from "../pair.ts";

const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);

let folder: SocketFolder;
let address: IpcAddress;
let opened: { close(): Promise<void> }[];

beforeEach(() => {
  folder = new SocketFolder();
  address = folder.at("x.sock");
  opened = [];
});

afterEach(async () => {
  for (const each of opened) await each.close();
  folder.remove();
});

async function openPair(options: PairOptions): Promise<PairGanglion> {
  const pair = new PairGanglion(options);
  opened.push(pair);
  await pair.opened;
  return pair;
}

async function incidentOf(
  incidents: readonly Incident[],
  kind: Incident["kind"],
): Promise<Incident> {
  const find = (): Incident | undefined => incidents.find((incident) => incident.kind === kind);
  await until(`there is an incident ${kind}`, () => find() !== undefined);
  // It was there just now, and none is removed.
  return find() as Incident;
}

async function arrivalAt(pair: PairGanglion): Promise<string> {
  return new Promise((resolve) => {
    pair.react(Text, resolve);
  });
}

test("two ends meet at the path, whichever is there first, and messages go both ways", async () => {
  const connector = await openPair({ connect: address, retryMinMs: 1, retryMaxMs: 1 });
  connector.on("incident", () => {});
  const binder = await openPair({ bind: address });
  const arrivals = [arrivalAt(binder), arrivalAt(connector)];
  await binder.transmit(Text, "from the binder");
  await connector.transmit(Text, "from the connector");
  expect(await Promise.all(arrivals)).toEqual(["from the connector", "from the binder"]);
});

test("the name is the URL, and the address is the path", async () => {
  const odd = folder.at("a b.sock");
  const binder = await openPair({ bind: odd });
  expect(binder.name).toBe(`pair+ipc://${folder.path}/a%20b.sock?bind`);
  expect(binder.address).toEqual(odd);
  const connector = await openPair({ connect: odd });
  expect(connector.name).toBe(`pair+ipc://${folder.path}/a%20b.sock`);
  const relative = new PairGanglion({ connect: { path: "x.sock" } });
  relative.on("incident", () => {});
  opened.push(relative);
  expect(relative.address).toEqual({ path: `${process.cwd()}/x.sock` });
});

test("it opens from its URL, with options", async () => {
  const url = `pair+ipc://${address.path}`;
  const binder = await openGanglion(`${url}?bind&segment=cellar`, { socketMode: 0o660 });
  opened.push(binder);
  const connector = await openGanglion(url);
  opened.push(connector);
  await binder.ready(Text);
  expect([binder.name, binder.segment, connector.name]).toEqual([`${url}?bind`, "cellar", url]);
  expect(lstatSync(address.path).mode & 0o777).toBe(0o660);
});

test("a path that is in use rejects, and is an incident where nobody asks", async () => {
  await openPair({ bind: address });
  const second = new PairGanglion({ bind: address });
  opened.push(second);
  await expect(second.opened).rejects.toThrow(TransportError);
  const third = new PairGanglion({ bind: address });
  opened.push(third);
  const { cause } = await incidentOf(incidentsOf(third), "connection-failed");
  expect(String(cause)).toContain(`${address.path}: in use by a listening process`);
});

test("who only asks whether the path is in use does not disturb the peers", async () => {
  const binder = await openPair({ bind: address });
  const connector = await openPair({ connect: address });
  await binder.ready(Text);
  const incidents = incidentsOf(binder);
  const second = new PairGanglion({ bind: address });
  opened.push(second);
  await expect(second.opened).rejects.toThrow("in use by a listening process");
  expect(String((await incidentOf(incidents, "connection-failed")).cause)).toMatch(
    /the peer ended the connection before/,
  );
  const arrival = arrivalAt(connector);
  await binder.transmit(Text, "undisturbed");
  expect(await arrival).toBe("undisturbed");
});

test("incidents name the path where TCP has an address", async () => {
  const binder = await openPair({ bind: address });
  const connector = await openPair({ connect: address });
  await Promise.all([binder.ready(Text), connector.ready(Text)]);
  const incidents = incidentsOf(binder);
  const surplus = await openPair({ connect: address });
  surplus.on("incident", () => {});
  expect((await incidentOf(incidents, "peer-refused")).message).toContain(
    `a connection from ${address.path} was refused`,
  );
});

test("that nobody can be reached is told again when the reason is another one", async () => {
  const connector = await openPair({ connect: address, retryMinMs: 1, retryMaxMs: 1 });
  const incidents = incidentsOf(connector);
  await until("there is no file", () => incidents.length === 1);
  await folder.leaveBehind("x.sock");
  await until("there is one where nobody listens", () => incidents.length === 2);
  const reasons = incidents.map(({ cause }) => (cause as TransportError).details["reason"]);
  expect(reasons).toEqual(["ENOENT", "ECONNREFUSED"]);
});

test("closed, it leaves no file, and the next one may bind at once", async () => {
  const first = await openPair({ bind: address });
  const connector = await openPair({ connect: address, retryMinMs: 1, retryMaxMs: 1 });
  connector.on("incident", () => {});
  await first.ready(Text);
  await first.close();
  expect(folder.names).toEqual([]);
  const second = await openPair({ bind: address });
  await second.ready(Text);
});

test("a pair that is closed while it opens leaves no file", async () => {
  const pair = new PairGanglion({ bind: address });
  await pair.close();
  expect(folder.names).toEqual([]);
});

test("options that are unfit are refused by the constructor", () => {
  for (const options of [
    { bind: { path: "" } },
    { connect: { path: "@abstract" } },
    { bind: { path: `/${"x".repeat(200)}` } },
    { bind: address, socketMode: 0o10600 },
    { bind: address, connect: address },
  ]) {
    expect(() => new PairGanglion(options as PairOptions)).toThrow(UsageError);
  }
});
