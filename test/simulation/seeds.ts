/**
 * Seeds that found something once. A seed stands for its schedule only as long as make-schedule.ts
 * stays as it is; what was found has a test of its own beside the core as well.
 */
export const seedsThatFound: readonly { readonly seed: number; readonly what: string }[] = [
  {
    seed: 1_034_155,
    what: "a stream that was given up before the one it follows, which was itself waiting",
  },
  {
    seed: 15,
    what: "records that claim more parts than there are, and votes for more types than addresses",
  },
];
