/** Asks a Standard Schema (zod, valibot, arktype …) for its verdict, at once or not at all. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { reasonOf } from "../../cause.ts";
import { describe } from "../../describe.ts";
import { type Misfit, misfitError, pointerOf } from "./misfit.ts";

/** What the schema has made of a value, or why it takes none. */
type Verdict = { readonly value: unknown } | Refusal;
type Refusal = Pick<Misfit, "pointer" | "reason">;

/**
 * What the schema makes of `value`.
 * @throws {CodecError} if the schema refuses it, throws, or answers with a promise or with nothing.
 */
export function judge(
  schema: StandardSchemaV1,
  value: unknown,
  subject: Misfit["subject"],
): unknown {
  let verdict: Verdict;
  try {
    verdict = verdictOf(schema["~standard"].validate(value));
  } catch (cause) {
    const reason = `the schema threw: ${reasonOf(cause)}`;
    throw misfitError({ subject, pointer: "", reason, cause });
  }
  if ("value" in verdict) return verdict.value;
  throw misfitError({ subject, ...verdict });
}

/** Reads the whole answer: a schema may be written anywhere, and answer with anything. */
function verdictOf(answer: ReturnType<StandardSchemaV1["~standard"]["validate"]>): Verdict {
  // Its type says that it is an object, which a check that forgets to return makes untrue.
  if (typeof (answer as unknown) !== "object" || (answer as unknown) === null) {
    return { pointer: "", reason: `the schema answered with ${describe(answer)}, not a result` };
  }
  if ("then" in answer) {
    // Nobody waits for it, and it must not become an unhandled rejection.
    answer.then(undefined, () => undefined);
    return {
      pointer: "",
      // zod answers so, too, when a check of the user's throws.
      reason: "the schema answered with a promise; codecs are synchronous, so its checks must be",
    };
  }
  return answer.issues ? refusalBy(answer.issues) : { value: answer.value };
}

function refusalBy(issues: readonly StandardSchemaV1.Issue[]): Refusal {
  const [first] = issues;
  // Not path.map, as arktype's path is an array of its own class, whose map adds to it.
  const path = Array.from(first?.path ?? [], (part) =>
    typeof part === "object" ? part.key : part,
  );
  const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const reason = `${first?.message ?? "the schema names no issue"}${others}`;
  return { pointer: pointerOf(path), reason };
}
