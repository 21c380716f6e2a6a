/** Cause: why something failed, in words. */
import { describe } from "./describe.ts";

/**
 * The message of an error, or what was thrown in its place. Never throws, whatever that is: it is
 * called where a failure of somebody else's code is told.
 */
export function reasonOf(cause: unknown): string {
  try {
    if (typeof cause === "string") return cause;
    // By its shape: an error may come from another realm.
    const { message, name } = (cause ?? {}) as { message?: unknown; name?: unknown };
    if (typeof message === "string" && message !== "") return message;
    if (cause instanceof Error && typeof name === "string") return name;
    return `${describe(cause)} was thrown, which is no Error`;
  } catch {
    return "what was thrown cannot be read";
  }
}

/** `what` has happened because of `cause`, as one sentence. */
export function because(what: string, cause: unknown): string {
  return `${what}: ${reasonOf(cause)}`;
}
