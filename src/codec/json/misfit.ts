/** The one form of error for a value that JSON or its schema does not take. */
import { CodecError } from "../../errors.ts";

/** Foreign text (keys, validators' messages) can be as long as the message; errors are not. */
const textUnitsMax = 200;

export interface Misfit {
  /** What was looked at: a value about to be sent, or a payload that arrived. */
  readonly subject: "value" | "payload";
  /** Where in it, as a JSON pointer (RFC 6901); empty for the whole. */
  readonly pointer: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** Says what, where and why; the same three stand in `details`. */
export function misfitError(misfit: Misfit): CodecError {
  const { subject } = misfit;
  const pointer = clip(misfit.pointer);
  const reason = clip(misfit.reason);
  return new CodecError(
    `${subject} refused at ${pointer === "" ? "its root" : pointer}: ${reason}`,
    {
      ...("cause" in misfit ? { cause: misfit.cause } : {}),
      details: { subject, pointer, reason },
    },
  );
}

/** Source: RFC 6901, section 3 and 4: each key after a slash, `~` as `~0` and `/` as `~1`. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function clip(text: string): string {
  return text.length <= textUnitsMax ? text : `${text.slice(0, textUnitsMax)}…`;
}
