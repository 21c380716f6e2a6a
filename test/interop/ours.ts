/** This package, as its users have it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Peer } from "./peer.ts";

// Our own package.json.
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export const ours: Peer = {
  name: "ours",
  description: `this package, ${version}, on Node ${process.versions.node}`,
  command: (program) => [
    process.execPath,
    fileURLToPath(new URL(`./peers/ours/${program}.js`, import.meta.url)),
  ],
};
