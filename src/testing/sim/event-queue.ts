/**
 * EventQueue: what is to happen, soonest first; of what is due at one time, first what was pushed
 * first. A binary heap over slots that are used again, so that an event costs no allocation.
 */
export class EventQueue<Target, Payload> {
  /** Of the event taken last. */
  atMs = 0;
  target: Target | undefined;
  payload: Payload | undefined;
  readonly #heap: number[] = [];
  readonly #freeSlots: number[] = [];
  readonly #times: number[] = [];
  readonly #serials: number[] = [];
  readonly #targets: (Target | undefined)[] = [];
  readonly #payloads: (Payload | undefined)[] = [];
  #nextSerial = 0;

  get count(): number {
    return this.#heap.length;
  }

  /** When the next event is due, Infinity if there is none. */
  get nextAtMs(): number {
    const first = this.#heap[0];
    return first === undefined ? Number.POSITIVE_INFINITY : (this.#times[first] ?? 0);
  }

  push(atMs: number, target: Target | undefined, payload: Payload | undefined): void {
    const slot = this.#freeSlots.pop() ?? this.#times.length;
    this.#times[slot] = atMs;
    this.#serials[slot] = this.#nextSerial++;
    this.#targets[slot] = target;
    this.#payloads[slot] = payload;
    this.#heap.push(slot);
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the next event into `atMs`, `target` and `payload`. @returns false if there is none. */
  take(): boolean {
    const heap = this.#heap;
    const slot = heap[0];
    if (slot === undefined) return false;
    const last = heap.pop() ?? slot;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    this.atMs = this.#times[slot] ?? 0;
    this.target = this.#targets[slot];
    this.payload = this.#payloads[slot];
    // So that nothing is kept alive by a slot that waits for its next use.
    this.#targets[slot] = undefined;
    this.#payloads[slot] = undefined;
    this.#freeSlots.push(slot);
    return true;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const slot = heap[from] ?? 0;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] ?? 0;
      if (!this.#isBefore(slot, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = slot;
  }

  #sink(): void {
    const heap = this.#heap;
    const slot = heap[0] ?? 0;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= heap.length) break;
      let child = heap[childIndex] ?? 0;
      const right = heap[childIndex + 1];
      if (right !== undefined && this.#isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!this.#isBefore(child, slot)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = slot;
  }

  #isBefore(left: number, right: number): boolean {
    const leftMs = this.#times[left] ?? 0;
    const rightMs = this.#times[right] ?? 0;
    if (leftMs !== rightMs) return leftMs < rightMs;
    return (this.#serials[left] ?? 0) < (this.#serials[right] ?? 0);
  }
}
