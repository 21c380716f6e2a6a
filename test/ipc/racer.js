/** One of several processes that want a path at the same moment. Its argument is the built plexo/pair. */
import process from "node:process";
import { pathToFileURL } from "node:url";

const built = /** @type {typeof import("../../src/ganglion/pair.ts")} */ (
  await import(pathToFileURL(process.argv[2] ?? "").href)
);

process.on("message", (/** @type {{ path: string, startsMs: number }} */ { path, startsMs }) => {
  // No timer comes as close to the same moment.
  while (Date.now() < startsMs);
  const pair = new built.PairGanglion({ bind: { path } });
  // Who asks whether the path is in use is one, for who has it.
  pair.on("incident", () => {});
  pair.opened.then(
    () => process.send?.("got it"),
    (/** @type {Error} */ cause) => process.send?.(cause.message),
  );
});
process.send?.("ready");
