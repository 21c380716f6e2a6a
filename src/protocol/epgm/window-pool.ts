/**
 * Window pool: the bytes that all transmit windows of a process may keep together. When there are
 * more, the oldest packets go first, whichever window they are in.
 */
import type { TransmitWindow } from "./transmit-window.ts";

/** So many entries are not worth tidying up. */
const untidyMin = 1_024;

export class WindowPool {
  readonly #bytesMax: number;
  #bytes = 0;
  #packetCount = 0;
  /** Which window added a packet, oldest first from `#head` on; the packet itself may have gone since. */
  #added: { readonly window: TransmitWindow; readonly sequence: number }[] = [];
  #head = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many packets are kept in all windows. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** How many packets the pool remembers: never many more than are kept. */
  get entryCount(): number {
    return this.#added.length;
  }

  /** A window keeps one more packet; older ones may have to go, but not that one. */
  added(window: TransmitWindow, sequence: number, byteCount: number): void {
    this.#bytes += byteCount;
    this.#packetCount += 1;
    this.#added.push({ window, sequence });
    while (this.#bytes > this.#bytesMax && this.#head < this.#added.length - 1) this.#dropOldest();
    if (this.#added.length > 2 * this.#packetCount + untidyMin) this.#tidy();
  }

  dropped(byteCount: number): void {
    this.#bytes -= byteCount;
    this.#packetCount -= 1;
  }

  #dropOldest(): void {
    const oldest = this.#added[this.#head];
    this.#head += 1;
    // Of a window the oldest always goes first, so this is its oldest, if it is still there.
    if (oldest?.window.has(oldest.sequence)) oldest.window.dropOldest();
  }

  #tidy(): void {
    this.#added = this.#added
      .slice(this.#head)
      .filter(({ window, sequence }) => window.has(sequence));
    this.#head = 0;
  }
}
