/**
 * Seeds that found something once. A seed stands for its schedule only as long as make-schedule.ts
 * stays as it is; what was found has a test of its own beside the core as well.
 */
export const seedsThatFound: readonly { readonly seed: number; readonly what: string }[] = [
  {
    seed: 228,
    what: "a stream that ended while it was held back was overtaken by the next one",
  },
  {
    seed: 118_268,
    what: "a sender moved before a receiver it heard, but did not know to listen yet",
  },
  {
    seed: 110_711,
    what: "two streams of one sender on one address, the first before a move there and back",
  },
  {
    seed: 15,
    what: "records that claimed more parts than there are; votes for more types than addresses",
  },
];
