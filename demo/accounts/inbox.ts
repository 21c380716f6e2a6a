/** Inbox: what one program has received, by sender and topic. */
import type { Neuron } from "plexo";
import type { Stamp, Tally } from "../types.ts";
import { type Progress, Sequence } from "./sequence.ts";

/** What one receiver has seen of one sender's messages of one topic. */
export interface Receipt extends Readonly<Progress> {
  readonly sender: string;
  readonly topic: string;
}

/** How long the last messages may be on their way after their senders have ended. */
const patienceMs = 1_500;

export class Inbox {
  /** What it takes, whoever sends it. */
  readonly topics: readonly string[];
  readonly #sequences = new Map<string, Map<string, Sequence>>();
  #changed: () => void = () => {};

  constructor(neurons: readonly Neuron[]) {
    this.topics = neurons.map(({ name }) => name);
  }

  took(topic: string, { sender, number }: Stamp): void {
    const ofSender = this.#sequences.get(sender) ?? new Map<string, Sequence>();
    this.#sequences.set(sender, ofSender);
    const sequence = ofSender.get(topic) ?? new Sequence();
    ofSender.set(topic, sequence);
    sequence.take(number);
    this.#changed();
  }

  /** True if all has arrived that `tally` speaks of and that is taken here. */
  has({ sender, sent }: Tally): boolean {
    const sequences = this.#sequences.get(sender);
    return Object.entries(sent).every(
      ([topic, count]) =>
        !this.topics.includes(topic) || sequences?.get(topic)?.progress.received === count,
    );
  }

  /** Resolves when all has arrived that `tallies` speak of, or cannot be expected any more. */
  async complete(tallies: readonly Tally[]): Promise<void> {
    const isComplete = (): boolean => tallies.every((tally) => this.has(tally));
    if (isComplete()) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
      this.#changed = () => {
        if (isComplete()) resolve();
      };
    });
    clearTimeout(timer);
  }

  receipts(): Receipt[] {
    return [...this.#sequences].flatMap(([sender, sequences]) =>
      [...sequences].map(([topic, { progress }]) => ({ sender, topic, ...progress })),
    );
  }
}
