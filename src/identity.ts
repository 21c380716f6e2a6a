/**
 * Identity of messages: every impulse that leaves a process has an origin, a number and a hop
 * count, so that copies that come by two ways are known for what they are.
 */
import { randomUint32 } from "./io/entropy.ts";

/** The id of an impulse as the API shows it. */
export interface ImpulseId {
  /** 64 random bits, made afresh by every plexus. */
  readonly origin: bigint;
  /** Counts the origin's messages of one neuron, from 0. */
  readonly sequence: number;
  /** How many transports it has crossed. */
  readonly hops: number;
}

/**
 * The id as it is handled: the origin in two halves of 32 bits, signed, because a bigint costs an
 * allocation, and so does an unsigned number of 32 bits.
 */
export interface Label {
  readonly originHigh: number;
  readonly originLow: number;
  readonly sequence: number;
  readonly hops: number;
}

/** A message that has crossed so many transports is delivered, but no longer forwarded. */
export const hopsMax = 16;

/** How many numbers of one origin and neuron a window remembers. */
export const repeatWindowWidth = 4_096;

// Of half a kilobyte each, where numbers have come out of order.
const windowsMaxDefault = 16_384;

// Origins remembered per neuron; the one longest unheard is forgotten first.
const originsMax = 1_024;

/** One sender of impulses. */
export class Origin {
  readonly high: number = randomUint32() | 0;
  // An origin of 0 stands for no id on the wire.
  readonly low: number = randomUint32() | 0 || 1;

  /** The 64 bits in hexadecimal. */
  get text(): string {
    return [this.high, this.low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  label(sequence: number): Label {
    return { originHigh: this.high, originLow: this.low, sequence, hops: 0 };
  }

  made(label: Label): boolean {
    return label.originHigh === this.high && label.originLow === this.low;
  }
}

/** What a window says of a number: not seen yet, seen, or too old to tell. */
export type Verdict = "fresh" | "duplicate" | "late";

/** The numbers seen from one origin, the last `repeatWindowWidth` of them. */
export class RepeatWindow {
  #lowest: number;
  #highest: number;
  // Made at the first gap: until then every number from #lowest to #highest was seen.
  #seen: SeenNumbers | undefined;

  /** A window that has seen `sequence` only. */
  constructor(sequence: number) {
    this.#lowest = sequence;
    this.#highest = sequence;
  }

  /** Takes note of `sequence` and says whether it is new. */
  accept(sequence: number): Verdict {
    if (sequence === this.#highest + 1 && this.#seen === undefined) {
      this.#highest = sequence;
      return "fresh";
    }
    const isGapless = this.#seen === undefined;
    if (isGapless && sequence >= this.#lowest && sequence <= this.#highest) return "duplicate";
    if (sequence <= this.#highest - repeatWindowWidth) return "late";
    this.#seen ??= this.#contiguous();
    return this.#acceptWithGaps(this.#seen, sequence);
  }

  #contiguous(): SeenNumbers {
    const seen = new SeenNumbers();
    const first = Math.max(this.#lowest, this.#highest - repeatWindowWidth + 1);
    for (let number = first; number <= this.#highest; number++) seen.add(number);
    return seen;
  }

  #acceptWithGaps(seen: SeenNumbers, sequence: number): Verdict {
    if (sequence > this.#highest) {
      if (sequence - this.#highest >= repeatWindowWidth) seen.clear();
      else for (let n = this.#highest + 1; n < sequence; n++) seen.delete(n);
      this.#highest = sequence;
    } else if (seen.has(sequence)) {
      return "duplicate";
    }
    seen.add(sequence);
    return "fresh";
  }
}

/** A set of numbers, no two of which are `repeatWindowWidth` or more apart: a bit each, 512 bytes. */
class SeenNumbers {
  // The remainder is below the width, so every word that is asked for is there.
  readonly #words = new Uint32Array(repeatWindowWidth / 32);

  has(number: number): boolean {
    const place = number % repeatWindowWidth;
    return ((this.#words[place >>> 5] as number) & (1 << (place & 31))) !== 0;
  }

  add(number: number): void {
    const place = number % repeatWindowWidth;
    this.#words[place >>> 5] = (this.#words[place >>> 5] as number) | (1 << (place & 31));
  }

  delete(number: number): void {
    const place = number % repeatWindowWidth;
    this.#words[place >>> 5] = (this.#words[place >>> 5] as number) & ~(1 << (place & 31));
  }

  clear(): void {
    this.#words.fill(0);
  }
}

/**
 * How many windows one ganglion has, whatever arrives: a peer may make up origins and topics. Over
 * the limit the one that was made or met again longest ago is forgotten, in whatever filter it is.
 */
export class WindowPool {
  readonly #windowsMax: number;
  readonly #forgetters = new Map<RepeatWindow, () => void>();

  constructor(windowsMax: number = windowsMaxDefault) {
    this.#windowsMax = windowsMax;
  }

  /** Takes note of a window that was made or met again, and of how it is forgotten. */
  use(window: RepeatWindow, forget: () => void): void {
    this.#forgetters.delete(window);
    this.#forgetters.set(window, forget);
    if (this.#forgetters.size <= this.#windowsMax) return;
    for (const [oldest, forgetOldest] of this.#forgetters) {
      this.#forgetters.delete(oldest);
      forgetOldest();
      return;
    }
  }

  /** It was forgotten for another reason. */
  remove(window: RepeatWindow): void {
    this.#forgetters.delete(window);
  }
}

/** The windows of one neuron, one for each origin. */
export class RepeatFilter {
  readonly #pool: WindowPool;
  readonly #windows = new Map<string, RepeatWindow>();
  // Nearly always the origin is that of the message before.
  #lastHigh = -1;
  #lastLow = -1;
  #last: RepeatWindow | undefined;

  constructor(pool: WindowPool = new WindowPool()) {
    this.#pool = pool;
  }

  accept(label: Label): Verdict {
    if (
      this.#last !== undefined &&
      label.originLow === this.#lastLow &&
      label.originHigh === this.#lastHigh
    ) {
      return this.#last.accept(label.sequence);
    }
    return this.#acceptOfOther(label);
  }

  #acceptOfOther(label: Label): Verdict {
    const key = `${label.originHigh}:${label.originLow}`;
    const known = this.#windows.get(key);
    const window = known ?? new RepeatWindow(label.sequence);
    this.#windows.delete(key);
    this.#windows.set(key, window);
    this.#pool.use(window, () => this.#forget(key, window));
    if (this.#windows.size > originsMax) this.#forgetOldest();
    this.#last = window;
    this.#lastHigh = label.originHigh;
    this.#lastLow = label.originLow;
    return known === undefined ? "fresh" : window.accept(label.sequence);
  }

  #forgetOldest(): void {
    for (const [key, window] of this.#windows) {
      this.#forget(key, window);
      this.#pool.remove(window);
      return;
    }
  }

  #forget(key: string, window: RepeatWindow): void {
    this.#windows.delete(key);
    if (this.#last === window) this.#last = undefined;
  }
}
