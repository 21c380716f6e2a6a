/** `plexo send`: transmits the lines of standard input, each as one message of a topic. */
import { ClosedError, CodecError, type Ganglion, Plexus, TransportError, UsageError } from "plexo";
import { Attendance } from "./attendance.ts";
import { tellIncidents } from "./incidents.ts";
import { lineError, readLines } from "./lines.ts";
import { describeLoss } from "./loss.ts";
import { type PayloadReader, payloadReaderOf } from "./payload.ts";
import { exitCodes, type Shell, tell } from "./shell.ts";
import { chooseVia, joinAll } from "./via.ts";

export interface SendOptions {
  /** URLs; none for those in the environment. */
  readonly via: readonly string[];
  /** How long to wait for a receiver; 0 for not at all. */
  readonly waitMs: number;
  readonly quiet: boolean;
}

/** In so long a connection is made to a receiver that is there. */
const connectGraceMs = 1_000;
/** A receiver that was there may be slow: it has at least so long, where `--wait` is shorter. */
const patienceMsMin = 10_000;

/**
 * Sends until the input ends, then waits for what is under way.
 * @returns The exit code: not 0 if messages were lost, which is told.
 * @throws {UsageError} if the topic or a URL is malformed, or lines of its codec cannot be read.
 * @throws {CodecError} at a line that does not fit: those before it are sent.
 * @throws {TransportError} if a transport cannot be opened, there is no receiver in time, or the
 *   one there is takes nothing more. @throws {Interruption}
 */
export async function send(topic: string, options: SendOptions, shell: Shell): Promise<number> {
  checkNoPattern(topic);
  const readPayload = payloadReaderOf(topic);
  const via = chooseVia(options.via, shell.env);
  const patienceMs = Math.max(options.waitMs, patienceMsMin);
  const patience = { sendTimeoutMs: patienceMs, lingerMs: patienceMs };
  // A publisher would drop what a subscriber is too slow for.
  const transport = { ...patience, queue: { policy: "block" } } as const;
  const plexus = new Plexus(patience);
  const tellNoMore = tellIncidents(plexus, shell, options);
  const sender = new Sender(plexus, topic, options.waitMs, shell);
  let loss: string | undefined;
  try {
    // Before the transports: a malformed topic opens none.
    await plexus.adapt(topic);
    for (const ganglion of await joinAll(plexus, via, transport)) sender.attend(ganglion);
    if (shell.stdin.isTTY === true && !options.quiet) {
      tell(shell, `each line is sent as one message of ${topic}; Ctrl-D ends the input`);
    }
    await sendLines(readPayload, sender, shell);
  } finally {
    await sender.leaveUnattended();
    await plexus.close();
    tellNoMore();
    loss = sender.loss;
    if (loss !== undefined) tell(shell, loss);
  }
  return loss === undefined ? exitCodes.done : exitCodes.failed;
}

function checkNoPattern(topic: string): void {
  if (!/[*>]/.test(topic)) return;
  throw new UsageError(`${topic} is a pattern; a message is sent to one topic`, {
    details: { topic },
  });
}

async function sendLines(readPayload: PayloadReader, sender: Sender, shell: Shell): Promise<void> {
  for await (const { number, text } of readLines(shell.stdin, shell.interruption)) {
    let payload: Uint8Array | undefined;
    try {
      payload = readPayload(text);
    } catch (cause) {
      throw cause instanceof CodecError ? lineError(number, cause.message, cause) : cause;
    }
    if (payload !== undefined) await sender.send(number, payload);
  }
}

class Sender {
  readonly #plexus: Plexus;
  readonly #topic: string;
  readonly #waitMs: number;
  readonly #interruption: AbortSignal;
  readonly #attendances: Attendance[] = [];
  #sent = 0;

  constructor(plexus: Plexus, topic: string, waitMs: number, shell: Shell) {
    this.#plexus = plexus;
    this.#topic = topic;
    this.#waitMs = waitMs;
    this.#interruption = shell.interruption;
  }

  /** Looks for receivers on `ganglion` too. */
  attend(ganglion: Ganglion): void {
    this.#attendances.push(new Attendance(ganglion, this.#topic));
  }

  get #isAttended(): boolean {
    return this.#attendances.some((each) => each.isAttended);
  }

  /** @throws {TransportError} if there is no receiver in time, or no place in a queue. */
  async send(lineNumber: number, payload: Uint8Array): Promise<void> {
    // Before each: a publisher keeps nothing for one who is away.
    if (this.#waitMs > 0) await this.#awaitReceiver(lineNumber);
    this.#sent += 1;
    const signal = this.#interruption;
    // Nobody there makes no place in a queue.
    const isPatient = this.#waitMs > 0 || this.#isAttended;
    const options = isPatient ? { signal } : { signal, timeoutMs: connectGraceMs };
    try {
      await this.#plexus.transmitRaw(this.#topic, payload, options);
    } catch (cause) {
      // A subscriber has gone, and what waited for it is counted; there may be others.
      if (cause instanceof ClosedError) return;
      if (!(cause instanceof TransportError)) throw cause;
      throw new TransportError(`line ${lineNumber}: ${cause.message}`, {
        cause,
        details: { line: lineNumber },
      });
    }
  }

  /** Without waiting for a receiver: closes the transports on which what waits is for nobody. */
  async leaveUnattended(): Promise<void> {
    if (this.#waitMs > 0 || this.#sent === 0) return;
    await Promise.all(
      this.#attendances.map(async (each) => {
        const isAttended = await each.isAttendedWithin(connectGraceMs);
        if (!isAttended) await each.ganglion.close({ lingerMs: 0 });
      }),
    );
  }

  /** What was lost, and why; undefined if nothing was. To be asked when all is closed. */
  get loss(): string | undefined {
    if (this.#sent > 0 && !this.#isAttended) {
      return (
        `messages that were not handed over: ${this.#sent}; there was no receiver for ` +
        `${this.#topic}; start one, or let --wait be longer`
      );
    }
    const stats = this.#attendances.map(({ ganglion }) => ganglion.stats());
    const loss = describeLoss(stats, this.#topic);
    return loss && `${loss}; the receiver was away or too slow, or refused the connection`;
  }

  /** @throws {TransportError} if none comes in time. @throws {Interruption} */
  async #awaitReceiver(lineNumber: number): Promise<void> {
    const isFirst = this.#sent === 0;
    const waitMs = isFirst ? this.#waitMs : Math.max(this.#waitMs, patienceMsMin);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#noReceiver(lineNumber, waitMs)), waitMs);
    });
    const signal = this.#interruption;
    const ready = this.#plexus.ready(this.#topic, { receivers: 1, signal });
    try {
      await Promise.race([ready, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #noReceiver(line: number, waitMs: number): TransportError {
    const where = this.#sent === 0 ? "" : `line ${line}: `;
    return new TransportError(
      `${where}no receiver for ${this.#topic} within ${waitMs} ms; start one, ` +
        "or let --wait be longer (0 sends without waiting)",
      { details: { topic: this.#topic, waitMs, line } },
    );
  }
}
