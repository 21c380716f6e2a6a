import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClosedError } from "../errors.ts";
import { SendBuffer, type SendBufferOptions, type SendTarget } from "./send-buffer.ts";

const small = { highWater: 1_000, chunk: 64, byReferenceMin: 40, writeMax: 100, turnMax: 1e9 };

/** The system's side: takes a write at once, or reads the bytes only when told to. */
class Target implements SendTarget {
  readonly writes: (readonly Uint8Array[])[] = [];
  takesAtOnce = true;
  taken = "";
  writableCount = 0;
  emptiedCount = 0;
  #waiting: readonly Uint8Array[] | undefined;

  write(pieces: readonly Uint8Array[]): boolean {
    if (this.#waiting !== undefined) throw new Error("two writes on their way");
    this.writes.push(pieces);
    if (this.takesAtOnce) this.#take(pieces);
    else this.#waiting = pieces;
    return this.takesAtOnce;
  }

  /** Reads what is on its way as it stands in memory now. */
  complete(buffer: SendBuffer): void {
    if (this.#waiting === undefined) return;
    this.#take(this.#waiting);
    this.#waiting = undefined;
    buffer.written();
  }

  writable(): void {
    this.writableCount++;
  }

  emptied(): void {
    this.emptiedCount++;
  }

  #take(pieces: readonly Uint8Array[]): void {
    this.taken += Buffer.concat(pieces).toString("latin1");
  }
}

function bufferOf(options: Partial<SendBufferOptions> = {}): {
  buffer: SendBuffer;
  target: Target;
} {
  const target = new Target();
  return { buffer: new SendBuffer(target, { ...small, ...options }), target };
}

function put(buffer: SendBuffer, text: string): void {
  const at = buffer.reserve(text.length);
  buffer.chunk.write(text, at, "latin1");
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

describe("SendBuffer, bytes", () => {
  const length = fc.integer({ min: 0, max: 150 });
  const steps = fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ put: length }) },
      { weight: 1, arbitrary: fc.record({ append: length }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom("flush", "complete", "takeAtOnce", "takeLater", "tick"),
      },
    ),
    { minLength: 10, maxLength: 60 },
  );

  /** Text that tells by itself where in the stream it belongs. */
  function textAt(offset: number, textLength: number): string {
    return Array.from({ length: textLength }, (_, index) =>
      String.fromCharCode(0x21 + ((offset + index) % 89)),
    ).join("");
  }

  test("what goes out is what came in, in its order, whatever the system takes when", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 50, max: 5_000 }), async (stepsIn, turnMax) => {
        const { buffer, target } = bufferOf({ turnMax });
        let given = 0;
        for (const step of stepsIn) {
          if (step === "flush") buffer.flush();
          else if (step === "complete") target.complete(buffer);
          else if (step === "takeAtOnce") target.takesAtOnce = true;
          else if (step === "takeLater") target.takesAtOnce = false;
          else if (step === "tick") await nextTurn();
          else if ("put" in step) put(buffer, textAt(given, step.put));
          else buffer.append(bytesOf(textAt(given, step.append)));
          if (typeof step !== "string") given += "put" in step ? step.put : step.append;
          expect(buffer.pendingBytes).toBe(given - target.taken.length);
        }
        while (buffer.pendingBytes > 0) {
          target.complete(buffer);
          await nextTurn();
        }
        expect(target.taken).toBe(textAt(0, given));
      }),
      { numRuns: 300 },
    );
  });

  test("a chunk that the system still reads is not written to", () => {
    const { buffer, target } = bufferOf();
    target.takesAtOnce = false;
    put(buffer, "first");
    buffer.flush();
    for (let count = 0; count < 30; count++) put(buffer, "later");
    target.complete(buffer);
    expect(target.taken).toBe("first");
  });

  test("a chunk that the system has taken is filled again", () => {
    const { buffer } = bufferOf();
    put(buffer, "a");
    const first = buffer.chunk;
    for (let count = 0; count < 100; count++) put(buffer, "abcdef");
    expect(buffer.chunk).toBe(first);
  });

  test("more than a chunk can be reserved, and does not stay in memory", () => {
    const { buffer, target } = bufferOf();
    put(buffer, "x".repeat(1_000));
    expect(buffer.chunk.length).toBe(1_000);
    buffer.flush();
    expect([target.taken.length, buffer.chunk.length]).toEqual([1_000, 0]);
  });

  test("what is long enough is kept by reference, what is shorter is copied", () => {
    const { buffer, target } = bufferOf();
    const long = bytesOf("l".repeat(40));
    const short = bytesOf("s".repeat(39));
    put(buffer, "head");
    buffer.append(long);
    buffer.append(short);
    buffer.flush();
    const [pieces] = target.writes;
    expect(pieces?.map((piece) => piece.length)).toEqual([4, 40, 39]);
    expect(pieces?.[1]?.buffer).toBe(long.buffer);
    expect(pieces?.[2]?.buffer).not.toBe(short.buffer);
  });
});

describe("SendBuffer, writes", () => {
  test("a tick is one write, a loop over resolved promises too", async () => {
    const { buffer, target } = bufferOf({ chunk: 4_096, writeMax: 4_096 });
    for (let count = 0; count < 100; count++) {
      put(buffer, "message");
      await Promise.resolve();
    }
    expect(target.writes).toHaveLength(0);
    await nextTurn();
    expect(target.writes).toHaveLength(1);
    expect(target.taken).toBe("message".repeat(100));
  });

  test("a full chunk is written before the tick ends", () => {
    const { buffer, target } = bufferOf();
    put(buffer, "x".repeat(60));
    expect(target.writes).toHaveLength(0);
    put(buffer, "y".repeat(5));
    expect(target.taken).toBe("x".repeat(60));
  });

  test("long payloads are written before the tick ends when they are as much as a chunk", () => {
    const { buffer, target } = bufferOf();
    buffer.append(bytesOf("x".repeat(70)));
    expect(target.writes).toHaveLength(0);
    buffer.append(bytesOf("y".repeat(70)));
    expect(target.taken).toBe("x".repeat(70));
  });

  test("one write has at most so much, and the rest follows", () => {
    const { buffer, target } = bufferOf();
    put(buffer, "head");
    buffer.append(bytesOf("x".repeat(250)));
    buffer.flush();
    const lengths = target.writes.map((pieces) => pieces.map((piece) => piece.length));
    expect(lengths).toEqual([[4, 96], [100], [54]]);
  });

  test("one write is on its way at a time, and what comes meanwhile is one more", () => {
    const { buffer, target } = bufferOf();
    target.takesAtOnce = false;
    put(buffer, "a");
    buffer.flush();
    put(buffer, "b");
    buffer.flush();
    put(buffer, "c");
    buffer.flush();
    expect(target.writes).toHaveLength(1);
    target.complete(buffer);
    target.complete(buffer);
    expect([target.writes.length, target.taken]).toEqual([2, "abc"]);
  });

  test("the target is told when all is taken", () => {
    const { buffer, target } = bufferOf();
    target.takesAtOnce = false;
    put(buffer, "a");
    buffer.flush();
    expect(target.emptiedCount).toBe(0);
    target.complete(buffer);
    expect(target.emptiedCount).toBe(1);
  });
});

describe("SendBuffer, back-pressure", () => {
  test("not writable from the high-water mark on, writable again at half of it", () => {
    const { buffer, target } = bufferOf();
    target.takesAtOnce = false;
    for (let count = 0; count < 99; count++) put(buffer, "0123456789");
    expect([buffer.writable, buffer.pendingBytes]).toEqual([true, 990]);
    put(buffer, "0123456789");
    put(buffer, "0123456789");
    expect(buffer.writable).toBe(false);
    while (buffer.pendingBytes > 500) {
      expect([buffer.writable, target.writableCount]).toEqual([false, 0]);
      target.complete(buffer);
    }
    expect([buffer.writable, target.writableCount]).toEqual([true, 1]);
  });

  test("a sender that does not heed it is not refused", () => {
    const { buffer, target } = bufferOf();
    target.takesAtOnce = false;
    for (let count = 0; count < 1_000; count++) put(buffer, "0123456789");
    buffer.append(bytesOf("x".repeat(100)));
    expect([buffer.pendingBytes, buffer.writable]).toEqual([10_100, false]);
  });

  test("after so much in one turn of the event loop the next one is waited for", async () => {
    const { buffer, target } = bufferOf({ turnMax: 640, highWater: 1e6 });
    let sent = 0;
    for (; buffer.writable; sent += 64) {
      put(buffer, "x".repeat(64));
      await Promise.resolve();
    }
    expect(target.taken.length).toBe(640);
    put(buffer, "end");
    buffer.flush();
    expect([target.taken.length, target.writableCount]).toEqual([640, 0]);
    await nextTurn();
    expect(target.taken.length).toBe(sent + 3);
    expect([buffer.writable, target.writableCount]).toEqual([true, 1]);
  });

  test("the sender may send from within `writable`", () => {
    const { buffer, target } = bufferOf({ highWater: 10 });
    target.takesAtOnce = false;
    target.writable = () => put(buffer, "more");
    put(buffer, "0123456789");
    put(buffer, "!");
    buffer.flush();
    target.complete(buffer);
    buffer.flush();
    target.complete(buffer);
    expect(target.taken).toBe("0123456789!more");
  });
});

describe("SendBuffer, close", () => {
  test("what is pending is dropped, and nothing is taken or said any more", async () => {
    const { buffer, target } = bufferOf({ turnMax: 1 });
    put(buffer, "a");
    buffer.flush();
    target.takesAtOnce = false;
    put(buffer, "b");
    const emptiedBefore = target.emptiedCount;
    buffer.close();
    expect([buffer.pendingBytes, buffer.writable, buffer.closed]).toEqual([0, false, true]);
    expect(() => buffer.reserve(1)).toThrow(ClosedError);
    expect(() => buffer.append(new Uint8Array(100))).toThrow(ClosedError);
    buffer.written();
    await nextTurn();
    expect([target.taken, target.emptiedCount, target.writableCount]).toEqual([
      "a",
      emptiedBefore,
      0,
    ]);
  });

  test("the target may close it while it is told something", () => {
    const { buffer, target } = bufferOf({ highWater: 1 });
    target.emptied = () => buffer.close();
    put(buffer, "ab");
    put(buffer, "ab");
    buffer.flush();
    expect([target.taken, target.writableCount]).toEqual(["abab", 0]);
  });
});
