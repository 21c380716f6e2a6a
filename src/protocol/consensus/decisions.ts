/**
 * Decisions: what follows from a record, wherever it comes from, and which types still need one.
 *
 * A type in use without a record needs its first. Of types that share an address all but one have to
 * move, and need a record of the next epoch.
 */
import type { Acceptor } from "./acceptor.ts";
import type { AddressSpace } from "./address-space.ts";
import { chooseAddress } from "./choice.ts";
import type { Membership } from "./membership.ts";
import type { AgreementOutput } from "./output.ts";
import { Proposer } from "./proposer.ts";
import { type AddressRecord, epochMax } from "./record.ts";
import type { RecordExchange } from "./record-exchange.ts";
import type { RecordTable } from "./record-table.ts";
import type { Refusals } from "./refusals.ts";
import type { Routes } from "./routes.ts";

/** A type that is to move, and is used here, does so within so long. */
const moveMsMax = 50;

export interface DecisionsOptions {
  readonly instanceId: bigint;
  readonly space: AddressSpace;
  readonly table: RecordTable;
  readonly membership: Membership;
  readonly acceptor: Acceptor;
  readonly exchange: RecordExchange;
  readonly routes: Routes;
  readonly refusals: Refusals;
  readonly random: () => number;
  readonly heartbeatIntervalMs: number;
  readonly emit: (output: AgreementOutput) => void;
  /** The type's record is another now. */
  readonly changed: (typeName: string, nowMs: number) => void;
}

export class Decisions {
  /** Gets decided what needs to be. */
  readonly proposer: Proposer;
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
    const { instanceId, acceptor, membership, random, emit, exchange } = options;
    this.proposer = new Proposer({
      instanceId,
      acceptor,
      membership,
      random,
      emit,
      neededEpoch: (typeName) => this.neededEpoch(typeName),
      choose: (typeName) => this.#choose(typeName),
      decide: (typeName, epoch, address, nowMs) => {
        this.adopt({ typeName, epoch, address, legacy: false }, nowMs);
        exchange.tell(typeName, nowMs);
      },
    });
  }

  /** Takes a record, if it is greater than what is known. @returns whether it is. */
  adopt(record: AddressRecord, nowMs: number): boolean {
    const { table, acceptor, routes, refusals, emit, changed } = this.#options;
    const { typeName, epoch, address } = record;
    const addresses = [table.get(typeName)?.address ?? address, address];
    const holdersBefore = this.#holdersAt(addresses);
    const result = table.merge(record);
    if (result === "refused") refusals.count("record");
    if (result !== "adopted") return false;
    emit({ kind: "record", record });
    acceptor.settle(typeName, epoch);
    routes.update(typeName, nowMs);
    // Whom the record displaces, or frees, has held one of its addresses, or does so now.
    const concerned = new Set([typeName, ...holdersBefore, ...this.#holdersAt(addresses)]);
    for (const name of concerned) this.pursue(name, nowMs);
    changed(typeName, nowMs);
    return true;
  }

  /** Which epoch of a type is to be decided, if any. */
  neededEpoch(typeName: string): bigint | undefined {
    const { table, routes } = this.#options;
    const record = table.get(typeName);
    if (record === undefined) return routes.uses(typeName) ? 0n : undefined;
    // After the last epoch, which only a forged record has, there is none to move to.
    const canMove = table.isDisplaced(typeName) && record.epoch < epochMax;
    return canMove ? record.epoch + 1n : undefined;
  }

  /** Gets a decision for the type under way, or ends what is, as it needs one. */
  pursue(typeName: string, nowMs: number): void {
    if (this.neededEpoch(typeName) === undefined) this.proposer.drop(typeName, nowMs);
    else this.proposer.want(typeName, nowMs, this.#delayMs(typeName));
  }

  #holdersAt(addresses: readonly number[]): string[] {
    return addresses.flatMap((address) => this.#options.table.holderAt(address) ?? []);
  }

  /**
   * Whoever uses a type moves it, after a random time, since others use it too; one that nobody uses
   * is moved in the end by anybody. A first address is needed at once.
   */
  #delayMs(typeName: string): number {
    const { table, routes, random, heartbeatIntervalMs } = this.#options;
    if (table.get(typeName) === undefined) return 0;
    return routes.uses(typeName) ? random() * moveMsMax : (1 + random()) * heartbeatIntervalMs;
  }

  /** An address for the type that no other has or is about to get; undefined if there is none. */
  #choose(typeName: string): number | undefined {
    const { space, table } = this.#options;
    const proposed = new Set(this.proposer.proposedAddresses());
    return chooseAddress(
      typeName,
      space,
      (address) => table.isFree(address) && !proposed.has(address),
    );
  }
}
