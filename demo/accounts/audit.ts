/** The audit: has all that was sent arrived, at all who take it, once each and in order? */
import type { Tally } from "../types.ts";
import type { Receipt } from "./inbox.ts";
import { missingOf, type Range } from "./sequence.ts";

/** What one receiver says. */
export interface Ledger {
  readonly receiver: string;
  readonly topics: readonly string[];
  readonly receipts: readonly Receipt[];
}

/** The file that has a line for each message. */
export interface LogFacts {
  readonly path: string;
  /** Those that are new. */
  readonly lines: number;
}

export interface Audit {
  /** The receivers, in the order of `received` in the rows. */
  readonly receivers: readonly string[];
  /** One for each topic on which something was sent or received. */
  readonly rows: readonly AuditRow[];
  /** One sentence for each thing that is wrong; none if all has arrived, once each and in order. */
  readonly complaints: readonly string[];
}

interface AuditRow {
  readonly topic: string;
  readonly sent: number;
  /** For each receiver; undefined where it does not take the topic. */
  readonly received: readonly (number | undefined)[];
  /** Summed over the receivers. */
  readonly lost: number;
}

/** One sender's messages of one topic, as one receiver should have them and as it has them. */
interface Entry {
  readonly receiver: string;
  readonly sender: string;
  readonly topic: string;
  readonly sent: number;
  readonly receipt: Receipt;
}

export function audit(tallies: readonly Tally[], ledgers: readonly Ledger[], log: LogFacts): Audit {
  const entries = ledgers.flatMap((ledger) => entriesOf(ledger, tallies));
  const topics = new Set([
    ...tallies.flatMap(({ sent }) => Object.keys(sent)),
    ...entries.map(({ topic }) => topic),
  ]);
  return {
    receivers: ledgers.map(({ receiver }) => receiver),
    rows: [...topics].sort().map((topic) => ({
      topic,
      sent: sum(tallies.map(({ sent }) => sent[topic] ?? 0)),
      received: ledgers.map(({ receiver, topics: taken }) =>
        taken.includes(topic) ? receivedBy(receiver, topic, entries) : undefined,
      ),
      lost: sum(entries.filter((entry) => entry.topic === topic).map(lostOf)),
    })),
    complaints: [...entries.flatMap(complaintsAbout), ...complaintsAboutLog(log, tallies)],
  };
}

/** All that the tallies make expect, be there a receipt or not, and all that nobody says he sent. */
function entriesOf({ receiver, topics, receipts }: Ledger, tallies: readonly Tally[]): Entry[] {
  const expected = tallies.flatMap(({ sender, sent }) =>
    Object.entries(sent)
      .filter(([topic]) => topics.includes(topic))
      .map(([topic, count]) => {
        const receipt = receipts.find((each) => each.sender === sender && each.topic === topic);
        return { receiver, sender, topic, sent: count, receipt: receipt ?? nothing(sender, topic) };
      }),
  );
  const others = receipts
    .filter((receipt) => !expected.some((entry) => entry.receipt === receipt))
    .map((receipt) => {
      const { sender, topic } = receipt;
      return { receiver, sender, topic, sent: 0, receipt };
    });
  return [...expected, ...others];
}

function nothing(sender: string, topic: string): Receipt {
  return { sender, topic, received: 0, highest: 0, gaps: [], repeated: 0, disordered: 0 };
}

function receivedBy(receiver: string, topic: string, entries: readonly Entry[]): number {
  return sum(
    entries
      .filter((entry) => entry.receiver === receiver && entry.topic === topic)
      .map(({ receipt }) => receipt.received),
  );
}

function complaintsAbout(entry: Entry): string[] {
  const { receiver, sender, topic, sent, receipt } = entry;
  const { received, repeated, disordered } = receipt;
  const what = `${topic} from ${sender}`;
  const lost = lostOf(entry);
  const unannounced = received - (sent - lost);
  const complaints: string[] = [];
  if (lost > 0) {
    const numbers = missingOf(receipt, sent).map(textOf).join(", ");
    complaints.push(`${receiver} lacks ${lost} of ${sent} ${what}: ${numbers}`);
  }
  if (unannounced > 0) {
    complaints.push(`${receiver} got ${unannounced} ${what} that the sender does not speak of`);
  }
  if (repeated > 0) complaints.push(`${receiver} got ${repeated} ${what} more than once`);
  if (disordered > 0) complaints.push(`${receiver} got ${disordered} ${what} out of order`);
  return complaints;
}

function complaintsAboutLog({ path, lines }: LogFacts, tallies: readonly Tally[]): string[] {
  const sent = sum(tallies.flatMap((tally) => Object.values(tally.sent)));
  return lines === sent ? [] : [`${path} has ${lines} new lines for ${sent} messages`];
}

function lostOf({ receipt, sent }: Entry): number {
  return sum(missingOf(receipt, sent).map(({ first, last }) => last - first + 1));
}

function textOf({ first, last }: Range): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
