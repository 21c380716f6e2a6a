/** Writes a value as JSON, and refuses what `JSON.stringify` would change without a word. */
import { reasonOf } from "../../cause.ts";
import { Utf8Writer } from "../utf8.ts";
import { misfitError, pointerOf } from "./misfit.ts";

/** Why a value is not plain data. The path is written leaf first, as the search returns. */
interface Fault {
  readonly reason: string;
  readonly path: PropertyKey[];
}

const writesItselfReason = "toJSON would make it something else; give a schema and toWire";

/**
 * One per codec.
 *
 * The value is searched before it is written: that adds an eighth to the cost of `JSON.stringify`
 * (65 to 150 bytes, Node 20). Looking for `null` in its output, to search only then, would cost
 * as much and miss functions, maps and dates; a replacer function doubles the cost.
 */
export class JsonWriter {
  readonly #depthMax: number;
  readonly #utf8 = new Utf8Writer();
  /** Prototypes whose instances were found to be plain fields. */
  readonly #plainPrototypes = new WeakSet<object>();
  /** Whether the value being written has properties that are undefined. */
  #leavesOut = false;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /**
   * The compact JSON of `value`.
   *
   * @param checkKept Called with what is left of the value, if properties that are undefined were
   *   left out. May throw.
   * @throws {CodecError} naming the place, if reading it back would give something else.
   */
  write(value: unknown, checkKept?: (kept: unknown) => void): Uint8Array {
    let fault: Fault | undefined;
    let text = "";
    this.#leavesOut = false;
    try {
      fault = this.#faultIn(value, this.#depthMax);
      if (fault === undefined) text = JSON.stringify(value);
    } catch (cause) {
      // A getter or proxy of the sender's that throws, or text beyond the longest string.
      throw misfitError({ subject: "value", pointer: "", reason: reasonOf(cause), cause });
    }
    if (fault !== undefined) {
      const { path, reason } = fault;
      throw misfitError({ subject: "value", pointer: pointerOf(path.reverse()), reason });
    }
    if (this.#leavesOut && checkKept !== undefined) checkKept(JSON.parse(text));
    return this.#utf8.write(text);
  }

  #faultIn(value: unknown, levelsLeft: number): Fault | undefined {
    switch (typeof value) {
      case "string":
      case "boolean":
        return undefined;
      case "number":
        return Number.isFinite(value) ? undefined : leafFault(`JSON has no ${value}`);
      case "object":
        if (value === null) return undefined;
        if (levelsLeft === 0) {
          return leafFault(
            `nested more than ${this.#depthMax} levels (depthMax), or part of itself`,
          );
        }
        return Array.isArray(value)
          ? this.#faultInElements(value, levelsLeft - 1)
          : this.#faultInFields(value, levelsLeft - 1);
      case "bigint":
        return leafFault("JSON has no bigint; send a string");
      default:
        return leafFault(`JSON has no ${typeof value}`);
    }
  }

  #faultInElements(elements: readonly unknown[], levelsLeft: number): Fault | undefined {
    if (writesItself(elements)) return leafFault(writesItselfReason);
    for (let index = 0; index < elements.length; index += 1) {
      const found = this.#faultIn(elements[index], levelsLeft);
      if (found !== undefined) {
        found.path.push(index);
        return found;
      }
    }
    return undefined;
  }

  #faultInFields(object: object, levelsLeft: number): Fault | undefined {
    const prototype = Reflect.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) {
      const found = this.#faultInInstance(object, prototype);
      if (found !== undefined) return found;
    }
    if (writesItself(object)) return leafFault(writesItselfReason);
    // `for in` is twice as fast as Object.keys here. It also meets inherited keys: see the end.
    for (const key in object) {
      // Every key may be asked of an object; what is not there is undefined.
      const field = (object as Record<string, unknown>)[key];
      if (field === undefined) {
        this.#leavesOut = true;
        continue;
      }
      const found = this.#faultIn(field, levelsLeft);
      if (found !== undefined && Object.hasOwn(object, key)) {
        found.path.push(key);
        return found;
      }
    }
    return undefined;
  }

  /**
   * JSON carries an object's own fields. Instances of a class pass if these are all there is of
   * them: not if they are of a built-in kind (Map, typed arrays …) or have data in getters. Methods
   * are nobody's data; private fields cannot be seen from here.
   */
  #faultInInstance(object: object, prototype: object): Fault | undefined {
    if (this.#plainPrototypes.has(prototype)) return undefined;
    const kind = Object.prototype.toString.call(object).slice("[object ".length, -1);
    if (kind !== "Object") return leafFault(`JSON has no ${kind}; give a schema and toWire`);
    const name = inheritedDataOf(prototype);
    if (name !== undefined) return leafFault(`property ${name} is inherited, so would be left out`);
    this.#plainPrototypes.add(prototype);
    return undefined;
  }
}

function leafFault(reason: string): Fault {
  return { reason, path: [] };
}

/** JSON.stringify calls a toJSON wherever it is: inherited, or not enumerable, or of an array. */
function writesItself(object: object): boolean {
  return typeof (object as { toJSON?: unknown }).toJSON === "function";
}

/** The first property on the prototype chain that can be read as data: a getter, or a value. */
function inheritedDataOf(prototype: object): string | undefined {
  let link: object | null = prototype;
  while (link !== null) {
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(link))) {
      if (key === "__proto__") continue; // Every Object.prototype has this getter.
      if (property.get !== undefined) return key;
      if (property.enumerable === true && typeof property.value !== "function") return key;
    }
    link = Reflect.getPrototypeOf(link);
  }
  return undefined;
}
