/** CurrentInput: what a worker is busy with, for its owner to see when it does not come back. */

const headBytes = 8;

export class CurrentInput {
  /** To be handed to the worker. */
  readonly memory: SharedArrayBuffer;
  /** How many inputs there have been, and the size of the last. */
  readonly #head: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, headBytes);
  }

  static withRoomFor(byteCount: number): CurrentInput {
    return new CurrentInput(new SharedArrayBuffer(headBytes + byteCount));
  }

  set(input: Uint8Array): void {
    this.#bytes.set(input);
    this.#head[1] = input.length;
    Atomics.add(this.#head, 0, 1);
  }

  get(): Uint8Array {
    return this.#bytes.slice(0, this.#head[1]);
  }

  /** Another number for each input. */
  get serial(): number {
    return Atomics.load(this.#head, 0);
  }
}
