import fc from "fast-check";
import { expect, test } from "vitest";
import { TransmitWindow } from "./transmit-window.ts";
import { WindowPool } from "./window-pool.ts";

const unlimited = { bytesMax: 2 ** 30, packetsMax: 2 ** 30, ageMsMax: 2 ** 30 };

function filled(window: TransmitWindow, count: number, byteCount = 10, nowMs = 0): TransmitWindow {
  for (let index = 0; index < count; index += 1) window.add(new Uint8Array(byteCount), nowMs);
  return window;
}

test("an empty window has its lead one before its trail", () => {
  const window = new TransmitWindow(new WindowPool(100), unlimited);
  expect([window.trail, window.lead, window.next]).toEqual([0, 0xffff_ffff, 0]);
});

test("it keeps as many packets, and bytes, as it may; the newest always", () => {
  const pool = new WindowPool(1_000);
  const byCount = filled(new TransmitWindow(pool, { ...unlimited, packetsMax: 3 }), 5);
  expect([byCount.trail, byCount.lead, byCount.packetCount]).toEqual([2, 4, 3]);
  const byBytes = filled(new TransmitWindow(pool, { ...unlimited, bytesMax: 25 }), 5);
  expect([byBytes.trail, byBytes.bytes]).toEqual([3, 20]);
  byBytes.add(new Uint8Array(100), 0);
  expect([byBytes.trail, byBytes.bytes]).toEqual([5, 100]);
  expect(pool.bytes).toBe(130);
});

test("packets that are too old go", () => {
  const window = new TransmitWindow(new WindowPool(1_000), { ...unlimited, ageMsMax: 50 });
  filled(window, 2);
  filled(window, 1, 10, 30);
  window.expire(49);
  expect(window.trail).toBe(0);
  window.expire(50);
  expect([window.trail, window.has(1), window.has(2)]).toEqual([2, false, true]);
  window.expire(80);
  expect([window.trail, window.lead, window.bytes]).toEqual([3, 2, 0]);
});

test("sequence numbers wrap", () => {
  const window = new TransmitWindow(
    new WindowPool(1_000),
    { ...unlimited, packetsMax: 3 },
    0xffff_fffe,
  );
  filled(window, 4);
  expect([window.trail, window.lead, window.has(0xffff_ffff), window.has(1)]).toEqual([
    0xffff_ffff,
    1,
    true,
    true,
  ]);
});

test("of all windows of a pool the oldest packets go first, but not the newest", () => {
  const pool = new WindowPool(40);
  const [first, second] = [
    new TransmitWindow(pool, unlimited),
    new TransmitWindow(pool, unlimited),
  ];
  filled(first, 2);
  filled(second, 1);
  filled(first, 2);
  expect([first.trail, second.trail, pool.bytes]).toEqual([1, 0, 40]);
  filled(first, 2);
  expect([first.trail, second.trail, pool.bytes]).toEqual([2, 1, 40]);
  filled(second, 1, 100);
  expect([first.packetCount, second.packetCount, pool.bytes]).toEqual([0, 1, 100]);
});

test("a window that lies idle does not make the pool's memory of the others grow", () => {
  const pool = new WindowPool(2 ** 20);
  filled(new TransmitWindow(pool, unlimited), 1);
  const busy = new TransmitWindow(pool, { ...unlimited, packetsMax: 10 });
  for (let round = 0; round < 100_000; round += 1) filled(busy, 1);
  expect(pool.packetCount).toBe(11);
  expect(pool.entryCount).toBeLessThan(2_000);
});

test("bytes and packets are counted right, whatever happens", () => {
  const act = fc.record({
    window: fc.nat(2),
    kind: fc.constantFrom("add", "add", "add", "expire", "clear"),
    byteCount: fc.integer({ min: 1, max: 40 }),
    afterMs: fc.nat(20),
  });
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 200 }),
      fc.integer({ min: 40, max: 300 }),
      (acts, bytesMax) => {
        const pool = new WindowPool(bytesMax);
        const limits = { bytesMax: 150, packetsMax: 8, ageMsMax: 60 };
        const windows = [0, 1, 2].map(() => new TransmitWindow(pool, limits));
        let nowMs = 0;
        for (const { window: index, kind, byteCount, afterMs } of acts) {
          nowMs += afterMs;
          const window = windows[index];
          if (kind === "add") window?.add(new Uint8Array(byteCount), nowMs);
          else if (kind === "expire") window?.expire(nowMs);
          else window?.clear();
          expect(pool.bytes).toBe(windows.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(pool.packetCount).toBe(
            windows.reduce((sum, { packetCount }) => sum + packetCount, 0),
          );
          expect(pool.bytes).toBeLessThanOrEqual(bytesMax);
          for (const { trail, next, packetCount } of windows)
            expect(next - trail).toBe(packetCount);
        }
      },
    ),
  );
});

test("a window that keeps nothing for any time is empty, and so is the pool", () => {
  const pool = new WindowPool(100);
  const window = filled(new TransmitWindow(pool, { ...unlimited, ageMsMax: 0 }), 3);
  expect([window.trail, window.lead, pool.bytes, pool.packetCount]).toEqual([3, 2, 0, 0]);
});
