/** Namespace (plain term: topic prefix): a dotted path that owns names, `dev.brewery`. */
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
    this.parts = parts.flatMap((part) => part.split("."));
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
