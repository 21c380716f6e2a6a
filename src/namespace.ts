/** Namespace (plain term: topic prefix): a dotted path that owns names, `dev.brewery`. */
import { UsageError } from "./errors.ts";
import { misgiven } from "./given.ts";
import { checkTopicPart } from "./topic.ts";

/** A dotted path that owns the names of neurons. */
export class Namespace {
  /** The parts, outermost first. */
  readonly parts: readonly string[];
  /** The parts joined by dots. */
  readonly path: string;

  /**
   * @param parts One part each, or several joined by dots: `("dev", "brewery")` and
   *   `("dev.brewery")` are the same namespace.
   * @throws {UsageError} if there is none, or one is empty or has a character no topic may have.
   */
  constructor(...parts: readonly [string, ...string[]]) {
    // From a program without types anything may come, and nothing.
    if (parts.length < 1) throw new UsageError("a Namespace has no part; give one at least");
    this.parts = parts.flatMap((part) => {
      if (typeof part === "string") return part.split(".");
      throw misgiven("a namespace part", part, "a string");
    });
    for (const part of this.parts) checkTopicPart(part, "namespace part");
    this.path = this.parts.join(".");
  }

  /** A namespace inside this one. */
  extend(...parts: readonly [string, ...string[]]): Namespace {
    return new Namespace(this.path, ...parts);
  }

  toString(): string {
    return this.path;
  }
}
