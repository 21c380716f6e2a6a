/** Flow: the senders and receivers of one case, on the hosts of a network. */
import { checkSame } from "../check-same.ts";
import type { EpgmSettings } from "../peers/ours/epgm-settings.ts";
import type { Host } from "./lan.ts";
import { type Kind, Participant, programOf, type Role, type Runtimes } from "./participant.ts";

/** What the participants of a case agree on. */
export type FlowSettings = Omit<EpgmSettings, "name" | "interface">;

export interface Start {
  readonly host: Host;
  readonly kind: Kind;
  readonly role: Role;
  readonly name: string;
  /** An interface of the host by its name or address; the address of `eth0` by default. */
  readonly interface?: string;
}

export const usual: FlowSettings = {
  group: "239.255.77.7",
  port: 5560,
  kilobitsPerSecond: 10_000,
  recoveryMs: 10_000,
  partCount: 3,
  foreign: true,
};

const probeIntervalMs = 50;

export class Flow implements AsyncDisposable {
  readonly settings: FlowSettings;
  readonly #runtimes: Runtimes;
  readonly #started: Participant[] = [];

  constructor(runtimes: Runtimes, settings: Partial<FlowSettings> = {}) {
    this.#runtimes = runtimes;
    this.settings = { ...usual, ...settings };
  }

  /** Starts a program; resolves when it has opened its sockets. */
  async start({ host, kind, role, name, interface: given }: Start): Promise<Participant> {
    const isIpv6 = this.settings.group.includes(":");
    const settings: EpgmSettings = {
      ...this.settings,
      name,
      interface: given ?? (isIpv6 ? host.address6 : host.address),
    };
    const command = programOf(kind, role, this.#runtimes);
    const participant = new Participant(
      kind,
      settings,
      host.command([...command, JSON.stringify(settings)]),
    );
    this.#started.push(participant);
    await participant.listening();
    return participant;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const participant of this.#started) await participant[Symbol.asyncDispose]();
  }
}

/** Resolves when each receiver hears each sender. */
export async function met(
  senders: readonly Participant[],
  receivers: readonly Participant[],
): Promise<void> {
  let probe = 0;
  const timer = setInterval(() => {
    for (const sender of senders) sender.tell({ probe: probe++ });
  }, probeIntervalMs);
  try {
    for (const receiver of receivers) {
      for (const { name } of senders) await receiver.probed(name);
    }
  } finally {
    clearInterval(timer);
  }
}

/** Checks that what a receiver got of a sender is whole, in order, none twice, from `first` to `last`. */
export function checkAll(receiver: Participant, sender: string, first: number, last: number): void {
  checkWhole(receiver);
  const wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  checkSame(`what ${receiver.name} got of ${sender}`, receiver.of(sender), wanted);
  checkSame(`gaps at ${receiver.name}`, receiver.gaps, []);
}

/**
 * Checks that what a receiver got is in order, none twice, and that it was told of a gap if anything
 * is missing. libzmq tells nobody.
 * @returns How many are missing up to `last`.
 */
export function checkOrder(receiver: Participant, sender: string, last: number): number {
  checkWhole(receiver);
  const got = receiver.of(sender);
  const inOrder = [...new Set(got)].sort((left, right) => left - right);
  checkSame(`what ${receiver.name} got of ${sender}`, got, inOrder);
  const missingCount = last + 1 - got.length;
  if (missingCount > 0 && receiver.kind === "ours" && receiver.gaps.length === 0) {
    throw new Error(`${receiver.name} misses ${missingCount} messages and was told of no gap`);
  }
  return missingCount;
}

function checkWhole(receiver: Participant): void {
  checkSame(`faults at ${receiver.name}`, receiver.faults, []);
}
