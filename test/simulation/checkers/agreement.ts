/**
 * G1, agreement: all decisions on one type and epoch are equal, if the views of all ballots for it
 * that reached a proposal have majorities which meet, each with each. Where they have not, as after
 * a split, nothing is claimed.
 */
import type { AgreementOutput, BallotOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

/** All that became of one type and epoch. */
interface Question {
  readonly typeName: string;
  readonly epoch: bigint;
  /** Distinct ones, of ballots that reached a proposal. */
  readonly views: (readonly bigint[])[];
  readonly decisions: BallotOutput[];
}

export class AgreementChecker implements Checker {
  readonly name = "G1 agreement";
  /** Decided questions for which the condition held. */
  checkedCount = 0;
  /** Decisions for them beyond the first, by other nodes. */
  rivalCount = 0;
  /** Whether something was decided, and the condition held for all that was. */
  conditionHeld = false;
  readonly #questions = new Map<string, Question>();

  put(_host: AgreementHost, output: AgreementOutput): void {
    if (output.kind !== "ballot") return;
    if (output.step === "proposed") addView(this.#question(output).views, output.view);
    else if (output.step === "decided") this.#question(output).decisions.push(output);
  }

  ended(): void {
    let holdsForAll = true;
    for (const question of this.#questions.values()) {
      if (question.decisions.length === 0) continue;
      if (majoritiesMeet(question.views)) this.#check(question);
      else holdsForAll = false;
    }
    this.conditionHeld = holdsForAll && this.checkedCount > 0;
  }

  #check({ typeName, epoch, decisions }: Question): void {
    this.checkedCount += 1;
    this.rivalCount += new Set(decisions.map(({ ballot }) => ballot.instanceId)).size - 1;
    const [first, ...others] = decisions;
    const other = others.find(({ address }) => address !== first?.address);
    if (first === undefined || other === undefined) return;
    throw new Violation(
      this.name,
      `${typeName} in epoch ${epoch} is decided to be at ${first.address} by ${ballotText(first)} ` +
        `and at ${other.address} by ${ballotText(other)}`,
    );
  }

  #question({ typeName, epoch }: BallotOutput): Question {
    const key = `${typeName} ${epoch}`;
    let question = this.#questions.get(key);
    if (question === undefined) {
      question = { typeName, epoch, views: [], decisions: [] };
      this.#questions.set(key, question);
    }
    return question;
  }
}

/** Whether any majority of one view has a member in common with any of another, for all pairs. */
export function majoritiesMeet(views: readonly (readonly bigint[])[]): boolean {
  return views.every((left, index) =>
    views.slice(index + 1).every((right) => {
      const unionSize = new Set([...left, ...right]).size;
      return majorityOf(left) + majorityOf(right) > unionSize;
    }),
  );
}

function majorityOf(view: readonly bigint[]): number {
  return Math.floor(view.length / 2) + 1;
}

function addView(views: (readonly bigint[])[], view: readonly bigint[]): void {
  if (views.some((known) => known === view || isEqual(known, view))) return;
  views.push(view);
}

function isEqual(left: readonly bigint[], right: readonly bigint[]): boolean {
  return left.length === right.length && left.every((voterId, index) => voterId === right[index]);
}

function ballotText({ ballot, view }: BallotOutput): string {
  return `ballot ${ballot.proposalId}.${ballot.instanceId} in view ${view.join(",")}`;
}
