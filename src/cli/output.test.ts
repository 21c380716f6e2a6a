import { Writable } from "node:stream";
import { TransportError } from "plexo";
import { describe, expect, test } from "vitest";
import { LineOutput } from "./output.ts";

/** A stream whose reader takes a batch when `take` is called. */
class SlowStream extends Writable {
  readonly batches: string[] = [];
  #taken: ((error?: Error) => void) | undefined;

  constructor() {
    super({ highWaterMark: 10, decodeStrings: false });
  }

  override _write(batch: string, _encoding: string, taken: (error?: Error) => void): void {
    this.batches.push(batch);
    this.#taken = taken;
  }

  take(error?: Error): void {
    this.#taken?.(error);
  }
}

function errorOf(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const microtasks = async (): Promise<void> => {
  await Promise.resolve();
};

describe("LineOutput", () => {
  test("lines that are written together go out together, when what runs is done", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    expect(output.write("a")).toBeUndefined();
    expect(output.write("b")).toBeUndefined();
    expect(stream.batches).toEqual([]);
    await microtasks();
    expect(stream.batches).toEqual(["a\nb\n"]);
  });

  test("a batch that has grown large goes out at once", () => {
    const stream = new SlowStream();
    void new LineOutput(stream).write("x".repeat(65_536));
    expect(stream.batches).toHaveLength(1);
  });

  test("while the reader is behind there is a promise to wait for", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("more than ten units");
    await microtasks();
    const wait = output.write("b");
    expect(wait).toBeInstanceOf(Promise);
    await microtasks();
    stream.take();
    stream.take();
    await wait;
    expect(output.write("c")).toBeUndefined();
  });

  test("a reader that goes away is told, and nobody waits for it any more", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("more than ten units");
    await microtasks();
    const wait = output.write("b");
    stream.take(errorOf("EPIPE"));
    await output.readerGone;
    await wait;
    expect(output.write("c")).toBeUndefined();
    await microtasks();
    expect(stream.batches).toHaveLength(1);
  });

  test("is finished when the last line is out", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("a");
    let isFinished = false;
    const finished = output.finish().then(() => {
      isFinished = true;
    });
    expect(stream.batches).toEqual(["a\n"]);
    await turn();
    expect(isFinished).toBe(false);
    stream.take();
    await turn();
    stream.take();
    await finished;
  });

  test("is finished when its reader has gone away, before or meanwhile", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("a");
    const finished = output.finish();
    stream.take(errorOf("EPIPE"));
    await expect(finished).resolves.toBeUndefined();
    await expect(output.finish()).resolves.toBeUndefined();
  });

  test("cannot be finished if the last line cannot be written, or one before", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("a");
    const finished = output.finish();
    stream.take(errorOf("ENOSPC"));
    await expect(finished).rejects.toThrow(/standard output cannot be written: ENOSPC/);
    await expect(output.finish()).rejects.toThrow(TransportError);
  });

  test("any other failure is a TransportError", async () => {
    const stream = new SlowStream();
    const output = new LineOutput(stream);
    void output.write("a");
    await microtasks();
    stream.take(errorOf("ENOSPC"));
    await expect(output.readerGone).rejects.toThrow(TransportError);
    await expect(output.readerGone).rejects.toThrow(/standard output cannot be written: ENOSPC/);
  });
});
