/**
 * Witness: what one receiver was told, against what was sent. Of each session, messages come whole,
 * in order and once, and where one is missing a gap has been told in between.
 */
import type { ReceiverOutput } from "../../src/protocol/epgm/receiver.ts";
import { formatTsi } from "../../src/protocol/epgm/tsi.ts";

/** A session of a source, and all it was given to send, as text. */
export interface Sent {
  readonly name: string;
  readonly texts: string[];
}

interface Progress {
  /** Of the message that came last; -1 for none. */
  last: number;
  gapsSince: number;
  gapCount: number;
  isFinished: boolean;
}

export class Witness {
  readonly #name: string;
  readonly #sent: ReadonlyMap<string, Sent>;
  readonly #progress = new Map<string, Progress>();
  messageCount = 0;

  constructor(name: string, sent: ReadonlyMap<string, Sent>) {
    this.#name = name;
    this.#sent = sent;
  }

  get gapCount(): number {
    let count = 0;
    for (const { gapCount } of this.#progress.values()) count += gapCount;
    return count;
  }

  see(output: Exclude<ReceiverOutput, { kind: "send" | "malformed" }>): void {
    const name = formatTsi(output.tsi);
    const progress = this.#of(name);
    if (output.kind === "gap") {
      progress.gapsSince += 1;
      progress.gapCount += 1;
    } else if (output.kind === "finished") {
      if (progress.isFinished) this.#fail(name, "finished twice");
      progress.isFinished = true;
    } else {
      this.#takeMessage(name, progress, output.parts);
    }
  }

  /** All is over. @param wasFirst Whether this receiver was there before anything was sent. */
  end({ wasFirst }: { readonly wasFirst: boolean }): void {
    for (const [name, { texts }] of this.#sent) {
      const { last, gapsSince } = this.#of(name);
      if (last === texts.length - 1 || gapsSince > 0) continue;
      if (wasFirst || last >= 0) {
        this.#fail(
          name,
          `${texts.length - 1 - last} messages at the end are missing, and no gap was told`,
        );
      }
    }
  }

  #takeMessage(name: string, progress: Progress, parts: readonly Uint8Array[]): void {
    this.messageCount += 1;
    const index = Number(Buffer.from(parts[0] ?? new Uint8Array(0)).toString());
    const text = textOf(parts);
    if (this.#sent.get(name)?.texts[index] !== text) {
      this.#fail(
        name,
        `message ${index} has come as ${text.length} characters that were never sent`,
      );
    }
    if (index <= progress.last) this.#fail(name, `message ${index} after ${progress.last}`);
    const skipped = index - progress.last - 1;
    // Whoever joins late does not miss what was before.
    const isJoining = progress.last === -1;
    if (skipped > 0 && progress.gapsSince === 0 && !isJoining) {
      this.#fail(name, `message ${index} after ${progress.last}, and no gap was told`);
    }
    progress.last = index;
    progress.gapsSince = 0;
  }

  #of(name: string): Progress {
    const known = this.#progress.get(name);
    if (known !== undefined) return known;
    const progress = { last: -1, gapsSince: 0, gapCount: 0, isFinished: false };
    this.#progress.set(name, progress);
    return progress;
  }

  #fail(source: string, what: string): never {
    throw new Error(`receiver ${this.#name}, source ${source}: ${what}`);
  }
}

export function textOf(parts: readonly Uint8Array[]): string {
  return parts.map((part) => Buffer.from(part).toString("latin1")).join("|");
}
