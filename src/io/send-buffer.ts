/**
 * SendBuffer: gathers what is sent within one tick into one write.
 *
 * Small things are written into a chunk, large ones are kept by reference. A flush comes by itself
 * on `process.nextTick`, so that a burst, a loop over resolved promises too, becomes one write, and
 * earlier when a chunk is full. One write is on its way at a time; what comes meanwhile waits here.
 */
import { ClosedError } from "../errors.ts";

/** The system's side. */
export interface SendTarget {
  /**
   * Hands `pieces` to the system in this order.
   * @returns True if all was taken at once. Otherwise the pieces stay as they are, and nothing else
   *   is handed over, until the target calls `written`.
   */
  write(pieces: readonly Uint8Array[]): boolean;
  /** The buffer is writable again after it was not. */
  writable(): void;
  /** The system has taken all there was. */
  emptied(): void;
}

/** All in bytes. What is not the user's to choose has been measured, and is smaller in tests. */
export interface SendBufferOptions {
  /** With so much not yet taken by the system it is not writable; again at half of it. */
  readonly highWater: number;
  /** Size of a chunk, and so the most that waits for the end of the tick. Default: 64 KiB. */
  readonly chunk?: number;
  /**
   * `append` keeps what is so long by reference, and copies what is shorter. Default: 12 KiB; up to
   * 8 KiB the copy was the cheaper of the two.
   */
  readonly byReferenceMin?: number;
  /** The most in one write; a long payload is seen to make progress by it. Default: 256 KiB. */
  readonly writeMax?: number;
  /** The most between two turns of the event loop. Default: 1 MiB. */
  readonly turnMax?: number;
}

const chunkDefault = 64 * 1024;
const byReferenceMinDefault = 12 * 1024;
const writeMaxDefault = 256 * 1024;
const turnMaxDefault = 1024 * 1024;
const noChunk = Buffer.alloc(0);

export class SendBuffer {
  readonly #target: SendTarget;
  readonly #highWater: number;
  readonly #chunkBytes: number;
  readonly #byReferenceMin: number;
  readonly #writeMax: number;
  readonly #turnMax: number;
  #chunk: Buffer = noChunk;
  /** What lies in the chunk from #start to #end is not in the queue yet. */
  #start = 0;
  #end = 0;
  /** Up to here in the chunk `reserve` has nothing to look after. */
  #limit = 0;
  #queue: Uint8Array[] = [];
  /** In the queue, or in the write that is on its way. */
  #queuedBytes = 0;
  #writingBytes = 0;
  #turnBytes = 0;
  #turnEnd: NodeJS.Immediate | undefined;
  #flushComes = false;
  #writable = true;
  #closed = false;
  readonly #flushOnTick = (): void => this.flush();

  constructor(target: SendTarget, options: SendBufferOptions) {
    this.#target = target;
    this.#highWater = options.highWater;
    this.#chunkBytes = options.chunk ?? chunkDefault;
    this.#byReferenceMin = options.byReferenceMin ?? byReferenceMinDefault;
    this.#writeMax = options.writeMax ?? writeMaxDefault;
    this.#turnMax = options.turnMax ?? turnMaxDefault;
  }

  /**
   * Makes room for `byteCount` bytes in `chunk`, which may be another one afterwards. They are sent
   * as they stand there at the end of the tick, so they are to be filled at once, all of them.
   * @returns The offset in `chunk`.
   * @throws {ClosedError} after `close`.
   */
  reserve(byteCount: number): number {
    const at = this.#end;
    if (at + byteCount > this.#limit) return this.#reserveWithCare(byteCount);
    this.#end = at + byteCount;
    return at;
  }

  /** Where `reserve` has made room. */
  get chunk(): Buffer {
    return this.#chunk;
  }

  /**
   * Sends `bytes` after what was reserved. They must not change until they are sent: long ones are
   * not copied.
   * @throws {ClosedError} after `close`.
   */
  append(bytes: Uint8Array): void {
    if (bytes.length < this.#byReferenceMin) {
      const at = this.reserve(bytes.length);
      this.#chunk.set(bytes, at);
      return;
    }
    this.#checkOpen();
    this.#seal();
    if (this.#queuedBytes >= this.#chunkBytes) this.#write();
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#scheduleFlush();
    this.#noticeFullness();
  }

  /**
   * False when so much is waiting that the sender should wait for the target's `writable`. What is
   * sent all the same is taken.
   */
  get writable(): boolean {
    return this.#writable;
  }

  /** Bytes that the system has not taken yet. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#end - this.#start;
  }

  /** Writes what there is now instead of at the end of the tick. */
  flush(): void {
    this.#flushComes = false;
    if (this.#closed) return;
    this.#seal();
    this.#write();
    this.#tellTarget();
  }

  /** For the target: the system has taken the write that was on its way. */
  written(): void {
    if (this.#closed) return;
    this.#writeEnded();
    this.#write();
    this.#tellTarget();
  }

  /** Drops what is pending. Not writable from then on. */
  close(): void {
    this.#closed = true;
    this.#writable = false;
    this.#chunk = noChunk;
    this.#start = 0;
    this.#end = 0;
    this.#limit = 0;
    this.#queue = [];
    this.#queuedBytes = 0;
    clearImmediate(this.#turnEnd);
  }

  get closed(): boolean {
    return this.#closed;
  }

  #reserveWithCare(byteCount: number): number {
    this.#checkOpen();
    if (this.#end + byteCount > this.#chunk.length) this.#makeRoom(byteCount);
    this.#scheduleFlush();
    const at = this.#end;
    this.#end = at + byteCount;
    this.#noticeFullness();
    return at;
  }

  #makeRoom(byteCount: number): void {
    this.#seal();
    this.#write();
    if (this.#end + byteCount <= this.#chunk.length) return;
    // The old chunk stays as it is until its last write has ended, and is garbage then.
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(this.#chunkBytes, byteCount));
    this.#start = 0;
    this.#end = 0;
  }

  /** Puts what lies in the chunk into the queue. */
  #seal(): void {
    this.#limit = 0;
    if (this.#start === this.#end) return;
    this.#queue.push(this.#chunk.subarray(this.#start, this.#end));
    this.#queuedBytes += this.#end - this.#start;
    this.#start = this.#end;
  }

  #write(): void {
    while (this.#queue.length > 0 && this.#writingBytes === 0 && this.#turnBytes < this.#turnMax) {
      const pieces = this.#takePieces();
      this.#turnBytes += this.#writingBytes;
      if (this.#target.write(pieces)) this.#writeEnded();
    }
    // Written to a peer that reads fast, nothing would ever wait: other sockets and timers need
    // their turn.
    if (this.#turnBytes >= this.#turnMax) this.#turnEnd ??= setImmediate(() => this.#nextTurn());
  }

  #takePieces(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let room = this.#writeMax; room > 0; ) {
      const piece = this.#queue.shift();
      if (piece === undefined) break;
      const taken = piece.length <= room ? piece : piece.subarray(0, room);
      if (taken !== piece) this.#queue.unshift(piece.subarray(room));
      pieces.push(taken);
      this.#writingBytes += taken.length;
      room -= taken.length;
    }
    return pieces;
  }

  #writeEnded(): void {
    this.#queuedBytes -= this.#writingBytes;
    this.#writingBytes = 0;
    if (this.#queuedBytes > 0 || this.#start < this.#end) return;
    // The system reads nothing here any more: the chunk can be filled from its start again.
    this.#start = 0;
    this.#end = 0;
    this.#limit = 0;
    if (this.#chunk.length > this.#chunkBytes) this.#chunk = noChunk;
  }

  #nextTurn(): void {
    this.#turnEnd = undefined;
    this.#turnBytes = 0;
    this.#write();
    this.#tellTarget();
  }

  #tellTarget(): void {
    if (this.#closed) return;
    this.#noticeFullness();
    if (this.#queuedBytes === 0 && this.#start === this.#end) this.#target.emptied();
    if (this.#writable || this.#closed) return;
    if (this.pendingBytes > this.#highWater / 2 || this.#turnEnd !== undefined) return;
    this.#writable = true;
    this.#target.writable();
  }

  /** Looks whether it is still writable, and until where that need not be looked at again. */
  #noticeFullness(): void {
    if (this.pendingBytes >= this.#highWater || this.#turnEnd !== undefined) this.#writable = false;
    const room = this.#writable ? this.#highWater - this.#queuedBytes : this.#chunk.length;
    this.#limit = this.#flushComes ? Math.min(this.#chunk.length, this.#start + room) : 0;
  }

  #scheduleFlush(): void {
    if (this.#flushComes) return;
    this.#flushComes = true;
    process.nextTick(this.#flushOnTick);
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError("the connection is closed, nothing can be sent on it");
  }
}
