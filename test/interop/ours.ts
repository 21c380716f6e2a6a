/** This package, as its users have it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Act, Command, Peer } from "./peer.ts";

// Our own package.json.
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export const ours: Peer = {
  name: "ours",
  description: `this package, ${version}, on Node ${process.versions.node}`,
  programs: { sender: program("sender"), responder: program("responder") },
};

function program(act: Act): Command {
  return [process.execPath, fileURLToPath(new URL(`./peers/ours/${act}.js`, import.meta.url))];
}
