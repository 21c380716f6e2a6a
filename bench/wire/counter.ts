interface Counting {
  /** To be called with each message. */
  readonly count: () => void;
  /** From the last message of the warm-up to the last of all, when that is there. */
  readonly elapsedNs: Promise<number>;
}

/** The clock of whoever receives. `warmUp` is at least 1. */
export function counter(warmUp: number, messages: number): Counting {
  const messagesInAll = warmUp + messages;
  let counted = 0;
  let start = 0n;
  let resolve: (elapsedNs: number) => void;
  const elapsedNs = new Promise<number>((settle) => {
    resolve = settle;
  });
  const count = (): void => {
    counted += 1;
    if (counted === warmUp) start = process.hrtime.bigint();
    if (counted === messagesInAll) resolve(Number(process.hrtime.bigint() - start));
  };
  return { count, elapsedNs };
}
