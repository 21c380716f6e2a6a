/** Record: a decision. In this epoch the messages of this type go to this address. */
export interface AddressRecord {
  readonly typeName: string;
  /** 0 for the first address of a type, one more for each that replaced one. */
  readonly epoch: bigint;
  /** As an offset from the network's first address. */
  readonly address: number;
  /** Whether a node of pyplexo holds this address; it cannot be moved to another. */
  readonly legacy: boolean;
}

/** As for ballots, so that to count one further never leaves 64 bits. No real network moves as often. */
export const epochMax: bigint = 2n ** 63n - 1n;

/** Whether two records of one type say the same. */
export function isSameRecord(left: AddressRecord, right: AddressRecord): boolean {
  return (
    left.address === right.address && left.epoch === right.epoch && left.legacy === right.legacy
  );
}
