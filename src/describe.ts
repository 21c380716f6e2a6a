/** Describe: any value in a few words, for errors and incidents that name what came instead. */

const textUnitsMax = 64;

/** What `value` is, however odd. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(
        value.length > textUnitsMax ? `${value.slice(0, textUnitsMax)}…` : value,
      );
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise, which has to be awaited";
  const { name } = value.constructor ?? {};
  return typeof name !== "string" || name === "" || name === "Object"
    ? "an object"
    : `an instance of ${name}`;
}
