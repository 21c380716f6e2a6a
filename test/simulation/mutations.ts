/**
 * Mutations: of each rule that keeps the agreement right, a way to break it. The simulation has to
 * find each, or it would not find the same fault made by mistake.
 */

export interface Mutation {
  readonly name: string;
  /** The rule that is broken. */
  readonly rule: string;
  readonly edits: readonly Edit[];
}

/** A change of compiled code. */
export interface Edit {
  /** Under build/. */
  readonly file: string;
  /** Is there exactly once. */
  readonly code: string;
  /** Takes its place. */
  readonly broken: string;
}

const consensus = "src/protocol/consensus";

export const mutations: readonly Mutation[] = [
  {
    name: "smaller-quorum",
    rule: "a quorum is more than half of the view",
    edits: [
      {
        file: `${consensus}/ballot-run.js`,
        code: "this.#votes.size * 2 > this.view.length",
        broken: "this.#votes.size * 2 >= this.view.length",
      },
    ],
  },
  {
    name: "forgotten-promise",
    rule: "who promised to a ballot helps no lower one",
    edits: [
      {
        file: `${consensus}/acceptor.js`,
        code: 'vote.promised = ballot;\n        return { kind: "promised"',
        broken: 'return { kind: "promised"',
      },
    ],
  },
  {
    name: "ignored-accepted-value",
    rule: "what a voter has accepted is proposed again",
    edits: [
      {
        file: `${consensus}/proposer.js`,
        code: "run.acceptedAddress ?? choose(typeName)",
        broken: "choose(typeName)",
      },
    ],
  },
  {
    name: "equal-ballots",
    rule: "of two ballots with one proposal id that of the greater instance is the higher",
    edits: [
      {
        file: `${consensus}/ballot.js`,
        code: "if (left.instanceId !== right.instanceId)",
        broken: "if (false)",
      },
    ],
  },
  {
    name: "copies-are-votes",
    rule: "each voter counts once, however often it is heard",
    edits: [
      {
        file: `${consensus}/ballot-run.js`,
        code: "this.#votes.add(voterId)",
        broken: "this.#votes.add(this.#votes.size)",
      },
    ],
  },
  {
    name: "strangers-are-votes",
    rule: "only voters of the ballot's view count",
    edits: [
      {
        file: `${consensus}/ballot-run.js`,
        code: "if (!this.#voters.has(voterId))\n            return false;",
        broken: "",
      },
    ],
  },
  {
    name: "kept-id",
    rule: "a node that has forgotten its promises takes a new id",
    edits: [
      {
        file: "test/simulation/agreement-host.js",
        code: "return this.#options.random.uint64() | 1n;",
        broken: "return (this.keptId ??= this.#options.random.uint64() | 1n);",
      },
    ],
  },
  {
    name: "swapped-view",
    rule: "a ballot is given up when the view changes",
    edits: [
      {
        file: `${consensus}/ballot-run.js`,
        code: "propose(address) {",
        broken: "swap(view) { this.view = view; this.#voters = new Set(view); } propose(address) {",
      },
      {
        file: `${consensus}/proposer.js`,
        code: "if (attempt.run !== undefined)\n                this.#giveUp(attempt, nowMs + this.#upTo(renewMsMax));",
        broken: "if (attempt.run !== undefined)\n                attempt.run.swap(this.#view);",
      },
    ],
  },
  {
    name: "merge-by-arrival",
    rule: "of two records the greater wins, in whatever order they come",
    edits: [
      {
        file: `${consensus}/record-table.js`,
        code: 'if (compareEntries(entry, known) < 0)\n                return "lesser";',
        broken: "",
      },
    ],
  },
  {
    name: "early-switch",
    rule: "a sender moves when all who listen have shown that they know the new address",
    edits: [
      {
        file: `${consensus}/routes.js`,
        code: "#canSwitch(route, nowMs) {",
        broken: "#canSwitch(route, nowMs) { return route.sendOn !== route.target;",
      },
    ],
  },
  {
    name: "no-overlap",
    rule: "a receiver keeps the old address for a while",
    edits: [
      {
        file: `${consensus}/routes.js`,
        code: "if (route.target !== undefined && route.use.listens && route.old.size < oldMax)",
        broken: "if (false)",
      },
    ],
  },
  {
    name: "no-succession",
    rule: "a new stream waits for the end of the old one",
    edits: [
      {
        file: `${consensus}/succession.js`,
        code: "if (continues === undefined)",
        broken: "if (true)",
      },
    ],
  },
];
