/** Asks a Standard Schema (zod, valibot, arktype …) for its verdict, at once or not at all. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Misfit, misfitError, pointerOf, reasonOf } from "./misfit.ts";

/**
 * What the schema makes of `value`.
 * @throws {CodecError} if the schema refuses it, throws, or answers with a promise.
 */
export function judge(
  schema: StandardSchemaV1,
  value: unknown,
  subject: Misfit["subject"],
): unknown {
  const result = resultOf(schema, value, subject);
  if (result.issues) throw issuesError(result.issues, subject);
  return result.value;
}

function resultOf(
  schema: StandardSchemaV1,
  value: unknown,
  subject: Misfit["subject"],
): StandardSchemaV1.Result<unknown> {
  let result: ReturnType<StandardSchemaV1["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(value);
  } catch (cause) {
    const reason = `the schema threw: ${reasonOf(cause)}`;
    throw misfitError({ subject, pointer: "", reason, cause });
  }
  if (!("then" in result)) return result;
  // Nobody waits for the verdict, which must not become an unhandled rejection.
  result.then(undefined, () => undefined);
  throw misfitError({
    subject,
    pointer: "",
    // zod answers so, too, when a check of the user's throws.
    reason: "the schema answered with a promise; codecs are synchronous, so its checks must be",
  });
}

function issuesError(issues: readonly StandardSchemaV1.Issue[], subject: Misfit["subject"]): Error {
  const [first] = issues;
  // Not path.map, as arktype's path is an array of its own class, whose map adds to it.
  const path = Array.from(first?.path ?? [], (part) =>
    typeof part === "object" ? part.key : part,
  );
  const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const reason = `${first?.message ?? "the schema names no issue"}${others}`;
  return misfitError({ subject, pointer: pointerOf(path), reason });
}
