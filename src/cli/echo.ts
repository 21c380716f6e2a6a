/** `plexo echo`: prints every message of some topics, a line of JSON each. */
import {
  type Ganglion,
  type Impulse,
  Plexus,
  type Subscription,
  TransportError,
  UsageError,
} from "plexo";
import { tellIncidents } from "./incidents.ts";
import { printMessage } from "./message.ts";
import { LineOutput } from "./output.ts";
import { exitCodes, type Shell } from "./shell.ts";
import { chooseVia, joinAll } from "./via.ts";

export interface EchoOptions {
  /** URLs; none for those in the environment. */
  readonly via: readonly string[];
  /** Ends after so many messages. */
  readonly count?: number | undefined;
  /** Ends after this time. */
  readonly forMs?: number | undefined;
  readonly quiet: boolean;
}

/** All transports of an echo are in one segment: it listens to them, and forwards nothing. */
const segment = "plexo echo";
/** How many messages wait while the reader of the output is behind; as many transports may wait. */
const queue = { limit: 64, policy: "block" } as const;

/**
 * Prints messages until there were `count`, the time is over, nobody reads the output any more, or
 * the user interrupts it, which without `count` is the usual end.
 * @returns The exit code.
 * @throws {UsageError} if a topic or a URL is malformed, or a URL brings nothing to hear.
 * @throws {TransportError} if a transport cannot be opened, the output not be written, or less than
 *   `count` came in time. @throws {Interruption} before `count`.
 */
export async function echo(
  topics: readonly string[],
  options: EchoOptions,
  shell: Shell,
): Promise<number> {
  const via = chooseVia(options.via, shell.env);
  for (const url of via) checkHears(url);
  const plexus = new Plexus();
  const tellNoMore = tellIncidents(plexus, shell, options);
  const output = new LineOutput(shell.stdout);
  const tap = new Tap(plexus, output, options.count);
  let end: End;
  try {
    // Before the transports: a malformed topic opens none, and no message comes too early.
    for (const topic of topics) tap.add(topic);
    checkSegments(await joinAll(plexus, via, { segment }));
    end = await firstEnd(tap, output, options.forMs, shell.interruption);
  } finally {
    tap.close();
    tellNoMore();
    await plexus.close();
  }
  await output.finish();
  checkCount(end, tap.printed, options.count, shell.interruption);
  return exitCodes.done;
}

/** The subscriptions to some topics, and what they have brought. */
class Tap {
  /** Resolves when `count` messages were printed. */
  readonly full: Promise<void>;
  readonly #plexus: Plexus;
  readonly #output: LineOutput;
  readonly #count: number | undefined;
  readonly #subscriptions: Subscription[] = [];
  // Topics and patterns that overlap bring one impulse more than once.
  readonly #seen = new WeakSet<Impulse>();
  #printed = 0;
  #tellFull: () => void = () => {};

  constructor(plexus: Plexus, output: LineOutput, count: number | undefined) {
    this.#plexus = plexus;
    this.#output = output;
    this.#count = count;
    this.full = new Promise((resolve) => {
      this.#tellFull = resolve;
    });
  }

  get printed(): number {
    return this.#printed;
  }

  add(topic: string): void {
    const print = (bytes: Uint8Array, impulse: Impulse): Promise<void> | undefined =>
      this.#print(bytes, impulse);
    this.#subscriptions.push(this.#plexus.reactRaw(topic, print, { queue }));
  }

  /** What still waits to be printed is dropped. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** A promise while the reader of the output is behind: the transports wait as well then. */
  #print(bytes: Uint8Array, impulse: Impulse): Promise<void> | undefined {
    if (this.#printed === this.#count || this.#seen.has(impulse)) return undefined;
    this.#seen.add(impulse);
    const wait = this.#output.write(printMessage(bytes, impulse, new Date()));
    this.#printed += 1;
    if (this.#printed === this.#count) this.#tellFull();
    return wait;
  }
}

/**
 * Before it is opened: at that address somebody may well publish, whom to hear was the wish.
 * @throws {UsageError} if the URL is one of pub/sub without peers, as only these bring messages.
 */
function checkHears(url: string): void {
  const [, ipc = "", place] = /^pubsub(\+ipc)?:\/\/([^?#]+)(?:\?segment=[^&]*)?$/i.exec(url) ?? [];
  if (place === undefined) return;
  const own = ipc === "" ? "127.0.0.1:0" : `${place}.echo`;
  throw new UsageError(
    `${url} has no peers, and only they bring messages; to hear who publishes there: ` +
      `pubsub${ipc}://${own}?peers=${place}`,
    { details: { url } },
  );
}

/** @throws {UsageError} if the transports are not all in one segment, as only URLs can bring about. */
function checkSegments(ganglia: readonly Ganglion[]): void {
  const segments = new Set(ganglia.map((ganglion) => ganglion.segment));
  if (segments.size <= 1) return;
  throw new UsageError(
    `the transports are in different segments: ${[...segments].join(", ")}; echo only listens, ` +
      "so all are in one: leave out segment= in the URLs",
    { details: { segments: [...segments] } },
  );
}

type End = "full" | "time over" | "reader gone" | "interrupted";

async function firstEnd(
  tap: Tap,
  output: LineOutput,
  forMs: number | undefined,
  interruption: AbortSignal,
): Promise<End> {
  let timer: NodeJS.Timeout | undefined;
  const ends: Promise<End>[] = [
    tap.full.then(() => "full"),
    output.readerGone.then(() => "reader gone"),
    new Promise((resolve) => {
      if (interruption.aborted) resolve("interrupted");
      interruption.addEventListener("abort", () => resolve("interrupted"), { once: true });
    }),
  ];
  if (forMs !== undefined) {
    ends.push(
      new Promise((resolve) => {
        timer = setTimeout(resolve, forMs, "time over");
      }),
    );
  }
  try {
    return await Promise.race(ends);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever asks for a count wants to know that it was not reached; a reader gone has had enough. */
function checkCount(
  end: End,
  printed: number,
  count: number | undefined,
  interruption: AbortSignal,
): void {
  if (count === undefined || end === "full" || end === "reader gone") return;
  if (end === "interrupted") interruption.throwIfAborted();
  throw new TransportError(`the time is over, and ${printed} of ${count} messages have come`, {
    details: { printed, count },
  });
}
