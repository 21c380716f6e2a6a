/**
 * Joins the other programs: a plexus with one end of a TCP pair for each of them. It knows no type
 * but their namespace; what comes in goes out at all other seats as the bytes it is.
 */
import { Plexus } from "plexo";
import { PairGanglion } from "plexo/pair";
import { printIncidents } from "./launch/incidents.ts";
import { Launched, tell } from "./launch/launched.ts";
import { demo } from "./types.ts";

const plexus = new Plexus({ name: "hub" });
printIncidents(plexus);
const seats = new Map<string, PairGanglion>();

const launched = new Launched({ openSeat, closeSeat });
await launched.ready(plexus.adapt(`${demo.path}.>`), []);
await launched.ended;
await plexus.close();
await launched.done();

/** A port that is free, and a seat there. */
async function openSeat(holder: string): Promise<void> {
  const address = { host: "127.0.0.1", port: 0 };
  // A seat is closed when its holder is gone, so nobody is left to wait for.
  const seat = new PairGanglion({ bind: address, lingerMs: 0 });
  await seat.opened;
  seats.set(holder, seat);
  plexus.infuse(seat);
  const { host, port } = seat.address;
  await tell({ kind: "seat", holder, url: `pair://${host}:${port}` });
}

async function closeSeat(holder: string): Promise<void> {
  const seat = seats.get(holder);
  seats.delete(holder);
  await seat?.close();
}
