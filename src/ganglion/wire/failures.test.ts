import { expect, test } from "vitest";
import { PeerError, TransportError } from "../../errors.ts";
import { Failures } from "./failures.ts";

const refused = (retryMs: number): TransportError =>
  new TransportError(`cannot connect, next try in ${retryMs} ms`, {
    details: { address: { host: "127.0.0.1", port: 1 }, retryMs },
  });
const rude = (reason: string): PeerError => new PeerError("was rude", { details: { reason } });

/** What is told of failures, `over` being one that ends. */
function toldOf(events: readonly (TransportError | PeerError | "over")[]): Error[] {
  const told: Error[] = [];
  const failures = new Failures((cause) => told.push(cause));
  for (const event of events) {
    if (event === "over") failures.over();
    else failures.happened(event);
  }
  return told;
}

test("the same one again and again is told once, however long the next try is waited for", () => {
  const first = refused(1);
  expect(toldOf([first, refused(2), refused(4)])).toEqual([first]);
});

test("another one is told, by its kind or by its details, and the first again after it", () => {
  const events = [refused(1), rude("a"), rude("b"), rude("b"), refused(1)];
  expect(toldOf(events)).toEqual([events[0], events[1], events[2], events[4]]);
});

test("once it has worked the same failure is news", () => {
  const [before, after] = [refused(1), refused(1)];
  expect(toldOf([before, "over", after, refused(1)])).toEqual([before, after]);
});
