/** What is asked of Spin, and what it has to answer. */

/** One question: the model with these -D definitions. */
export interface Check {
  readonly name: string;
  /**
   * - `holds`: no run breaks a property.
   * - `reached`: there is a run to the state, so that the properties are about something.
   * - `refuted`: with one rule broken, a property breaks too.
   * - `needless`: with one rule broken, nothing breaks; the page about the model says why.
   */
  readonly expected: Expected;
  readonly defines: readonly string[];
  /** Takes longer than CI has. */
  readonly isLong?: true;
}

export type Expected = "holds" | "reached" | "refuted" | "needless";

/** Bounds; the model's own are two proposalIds and three proposals. */
const noRestart = "NO_RESTART";
const twoProposals = "PROPOSALS_MAX=2";
const fourProposals = "PROPOSALS_MAX=4";
const threeIds = "PROPOSAL_IDS=3";
/** The smallest in which most mutations show. */
const small = [noRestart, twoProposals];

const agreement = "CHECK=AGREEMENT";
const validity = "CHECK=VALIDITY";
const promises = "CHECK=PROMISES";

export const checks: readonly Check[] = [
  // One at a time, so that two cores have something to do.
  holds("a restart of the first proposer", "RESTARTED=0"),
  holds("a restart of the second proposer", "RESTARTED=1"),
  holds("a restart of the voter", "RESTARTED=VOTER_ONLY"),
  holds("no restart, without short cuts", "UNABRIDGED", noRestart),
  holds("no restart, where accepting is promising", "ACCEPTING_PROMISES", noRestart),
  holds(
    "validity and promises whatever the views",
    "CHECK=UNCONDITIONAL",
    "ANY_VIEWS",
    twoProposals,
  ),
  long(holds("four proposals, no restart", noRestart, fourProposals)),
  long(holds("three proposalIds, no restart", noRestart, threeIds)),
  long(
    holds(
      "a restart of the voter, without short cuts",
      "UNABRIDGED",
      "RESTARTED=VOTER_ONLY",
      twoProposals,
    ),
  ),
  long(holds("three proposalIds, two proposals and a restart", threeIds, twoProposals)),

  reached("a decision", "DECISION"),
  reached("a second decision", "SECOND_DECISION"),
  reached("rival proposals", "RIVAL_PROPOSALS", noRestart),
  reached("an accepted address adopted", "ADOPTED_ADDRESS"),
  reached("a record adopted by a proposer", "ADOPTED_RECORD", "UNABRIDGED"),
  reached("a decision by the newcomer's vote", "DECISION_WITH_NEWCOMER"),
  reached("a decision of the newcomer", "DECISION_OF_NEWCOMER"),

  refuted("G1: views of any kind", agreement, "ANY_VIEWS", ...small),
  refuted("R1: the id kept, the state lost", agreement, "KEEPS_ID", twoProposals),
  refuted("R1: the same", promises, "KEEPS_ID", twoProposals),
  refuted("R3: half is enough", agreement, "HALF_IS_ENOUGH", ...small),
  refuted("R3: repeated votes count", agreement, "COUNTS_REPEATS", ...small),
  refuted("R3: votes from outside the view count", agreement, "COUNTS_STRANGERS", ...small),
  refuted("R3: the view changes in mid-ballot", agreement, "SWAPS_VIEW", ...small),
  refuted("R4: a ballot is its proposalId", agreement, "BALLOTS_WITHOUT_INSTANCE", ...small),
  refuted("R4: a ballot used twice", agreement, "REUSES_BALLOT", noRestart),
  refuted("R5: promises forgotten", agreement, "FORGETS_PROMISE", ...small),
  refuted("R5: the same", promises, "FORGETS_PROMISE", ...small),
  refuted("R5: the last accepted is reported", agreement, "REPORTS_LAST", noRestart),
  refuted("R7: accepted addresses ignored", agreement, "IGNORES_ACCEPTED", ...small),
  refuted("R7: any accepted address taken", agreement, "ADOPTS_ANY", noRestart),
  refuted("R7: a null address taken", validity, "ADOPTS_NULL", ...small),
  refuted("R11: votes forgotten, the id kept", agreement, "FORGETS_VOTES", twoProposals),

  needless("R4: the order ignores the instance", agreement, "ORDER_WITHOUT_INSTANCE", noRestart),
  needless(
    "R5: the last, where accepting is promising",
    "REPORTS_LAST",
    "ACCEPTING_PROMISES",
    noRestart,
  ),
  needless("R6: records ignored", "IGNORES_RECORDS", noRestart),
];

function holds(name: string, ...defines: readonly string[]): Check {
  return { name, expected: "holds", defines };
}

function reached(name: string, state: string, ...defines: readonly string[]): Check {
  return { name, expected: "reached", defines: [`REACH=${state}`, "CHECK=0", ...defines] };
}

/** The one property is named, so that it is that which breaks. */
function refuted(name: string, property: string, ...defines: readonly string[]): Check {
  return { name, expected: "refuted", defines: [property, ...defines] };
}

function needless(name: string, ...defines: readonly string[]): Check {
  return { name, expected: "needless", defines };
}

function long(check: Check): Check {
  return { ...check, isLong: true };
}
