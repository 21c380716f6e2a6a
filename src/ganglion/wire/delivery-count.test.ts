import { describe, expect, test } from "vitest";
import { DeliveryCount } from "./delivery-count.ts";

describe("DeliveryCount", () => {
  test("the peer's PING confirms what it has received", () => {
    const ours = new DeliveryCount();
    const theirs = new DeliveryCount();
    ours.sent = 5;
    theirs.received = 3;
    ours.pinged(theirs.context());
    expect(ours.unconfirmed).toBe(2);
  });

  test("a PONG confirms what was sent before its PING", () => {
    const ours = new DeliveryCount();
    ours.sent = 2 ** 40 + 7;
    const context = ours.context();
    ours.sent += 4;
    ours.ponged(context);
    expect(ours.unconfirmed).toBe(4);
  });

  test("a confirmation never goes back, nor beyond what was sent", () => {
    const ours = new DeliveryCount();
    const theirs = new DeliveryCount();
    ours.sent = 10;
    theirs.received = 8;
    ours.pinged(theirs.context());
    theirs.received = 6;
    ours.pinged(theirs.context());
    expect(ours.unconfirmed).toBe(2);
    theirs.received = 11;
    ours.pinged(theirs.context());
    expect(ours.unconfirmed).toBe(2);
  });

  test("contexts that are not ours say nothing", () => {
    const ours = new DeliveryCount();
    ours.sent = 1;
    ours.pinged(new Uint8Array(0));
    ours.ponged(new Uint8Array(8).fill(255));
    expect(ours.unconfirmed).toBe(1);
  });
});
