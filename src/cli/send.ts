/** `plexo send`: transmits the lines of standard input, each as one message of a topic. */
import { CodecError, type Ganglion, Plexus, TransportError, UsageError } from "plexo";
import { tellIncidents } from "./incidents.ts";
import { lineError, readLines } from "./lines.ts";
import { describeLoss } from "./loss.ts";
import { type PayloadReader, payloadReaderOf } from "./payload.ts";
import { exitCodes, type Shell, tell } from "./shell.ts";
import { chooseVia, joinAll } from "./via.ts";

export interface SendOptions {
  /** URLs; none for those in the environment. */
  readonly via: readonly string[];
  /** How long to wait for a receiver before the first message; 0 for not at all. */
  readonly waitMs: number;
  readonly quiet: boolean;
}

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
  const plexus = new Plexus(patience);
  const tellNoMore = tellIncidents(plexus, shell, options);
  let ganglia: readonly Ganglion[] = [];
  let loss: string | undefined;
  try {
    // Before the transports: a malformed topic opens none.
    await plexus.adapt(topic);
    ganglia = await joinAll(plexus, via, patience);
    if (shell.stdin.isTTY === true && !options.quiet) {
      tell(shell, `each line is sent as one message of ${topic}; Ctrl-D ends the input`);
    }
    await sendLines(readPayload, new Sender(plexus, topic, options.waitMs, shell), shell);
  } finally {
    await plexus.close();
    tellNoMore();
    loss = describeLoss(ganglia.map((ganglion) => ganglion.stats()));
    if (loss !== undefined)
      tell(shell, `${loss}; the receiver is gone, was too slow, or refused the connection`);
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
  #waitsForReceiver: boolean;

  constructor(plexus: Plexus, topic: string, waitMs: number, shell: Shell) {
    this.#plexus = plexus;
    this.#topic = topic;
    this.#waitMs = waitMs;
    this.#interruption = shell.interruption;
    this.#waitsForReceiver = waitMs > 0;
  }

  /** @throws {TransportError} if there is no receiver in time, or no place in a queue. */
  async send(lineNumber: number, payload: Uint8Array): Promise<void> {
    if (this.#waitsForReceiver) await this.#awaitReceiver();
    this.#waitsForReceiver = false;
    try {
      await this.#plexus.transmitRaw(this.#topic, payload, { signal: this.#interruption });
    } catch (cause) {
      if (!(cause instanceof TransportError)) throw cause;
      throw new TransportError(`line ${lineNumber}: ${cause.message}`, {
        cause,
        details: { line: lineNumber },
      });
    }
  }

  /** @throws {TransportError} if none comes in time. @throws {Interruption} */
  async #awaitReceiver(): Promise<void> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(this.#noReceiver()), this.#waitMs);
    const interrupted = (): void => end.abort(this.#interruption.reason);
    this.#interruption.addEventListener("abort", interrupted);
    try {
      await this.#plexus.ready(this.#topic, { receivers: 1, signal: end.signal });
    } finally {
      clearTimeout(timer);
      this.#interruption.removeEventListener("abort", interrupted);
    }
  }

  #noReceiver(): TransportError {
    return new TransportError(
      `no receiver for ${this.#topic} within ${this.#waitMs} ms; start one, ` +
        "or let --wait be longer (0 sends without waiting)",
      { details: { topic: this.#topic, waitMs: this.#waitMs } },
    );
  }
}
