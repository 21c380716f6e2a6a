/** Schedule: what happens in one simulation, all of it from the seed. */
import { Random } from "../../src/testing/random.ts";

export interface Schedule {
  readonly seed: number;
  /** Of each packet, on each link. */
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
  readonly delayMaxMs: number;
  /** Times at which one receiver hears nothing. */
  readonly bursts: readonly {
    readonly receiver: number;
    readonly atMs: number;
    readonly lastsMs: number;
  }[];
  readonly senders: readonly SenderPlan[];
  /** When each receiver joins. */
  readonly joinsMs: readonly number[];
  readonly isForeign: boolean;
  readonly bitsPerSecond: number;
  readonly payloadBytesMax: number;
  /** Where sequence numbers begin. */
  readonly firstSequence: number;
  /** How many packets a receiver's window takes, and a source's keeps. */
  readonly windowPackets: number;
  /** What a receiver may keep. */
  readonly heldBytesMax: number;
}

export interface SenderPlan {
  readonly messages: readonly {
    readonly atMs: number;
    readonly byteCount: number;
    readonly parts: number;
  }[];
  /** When it vanishes and begins anew, as another session, if it does. */
  readonly restartMs: number | undefined;
  readonly closeMs: number;
}

/** How long messages are sent. */
const sendingMs = 2_000;

export function makeSchedule(seed: number): Schedule {
  const random = new Random(seed);
  const isCalm = random.onceIn(4);
  const receiverCount = 1 + random.below(4);
  const senderCount = random.pick([1, 1, 1, 2, 3]);
  return {
    seed,
    loss: isCalm ? 0 : random.pick([0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5]),
    duplication: isCalm ? 0 : random.pick([0, 0.02, 0.2]),
    reordering: isCalm ? 0 : random.pick([0, 0.05, 0.5]),
    delayMaxMs: random.pick([0, 1, 5, 60]),
    bursts: isCalm
      ? []
      : Array.from({ length: random.below(4) }, () => ({
          receiver: random.below(receiverCount),
          atMs: random.between(0, sendingMs),
          lastsMs: random.pick([5, 20, 80, 300]),
        })),
    senders: Array.from({ length: senderCount }, () => makeSender(random)),
    joinsMs: Array.from({ length: receiverCount }, (_, index) =>
      index === 0 || random.onceIn(2) ? 0 : random.between(0, sendingMs),
    ),
    isForeign: random.onceIn(4),
    bitsPerSecond: random.pick([1_000_000, 10_000_000, 100_000_000]),
    payloadBytesMax: random.pick([60, 300, 1_428]),
    firstSequence: random.pick([0, 0, 0xffff_fff0]),
    windowPackets: random.pick([40, 4_096, 4_096]),
    heldBytesMax: random.pick([20_000, 4_000_000, 4_000_000]),
  };
}

function makeSender(random: Random): SenderPlan {
  const messages: { atMs: number; byteCount: number; parts: number }[] = [];
  const meanPauseMs = random.pick([5, 20, 100]);
  const countMax = random.pick([5, 30, 60]);
  for (let atMs = random.between(100, 150); atMs < sendingMs && messages.length < countMax; ) {
    const parts = random.pick([1, 2, 2, 3]);
    messages.push({ atMs, byteCount: random.pick([0, 10, 40, 40, 300, 1_500]), parts });
    if (!random.onceIn(4)) atMs += random.fraction() * 2 * meanPauseMs;
  }
  return {
    messages,
    restartMs: random.onceIn(6) ? random.between(200, sendingMs) : undefined,
    closeMs: random.onceIn(6) ? random.between(200, sendingMs) : sendingMs,
  };
}
