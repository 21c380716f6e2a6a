/** All scenes, and those that can be played with the peers that are there. */
import type { Peer } from "../peer.ts";
import { oneWayEach } from "./one-way-each.ts";
import { byProxy } from "./proxied.ts";
import type { InteropScene } from "./scene.ts";
import { twoLinks } from "./two-links.ts";

const scenes: readonly InteropScene[] = [...oneWayEach, ...byProxy, ...twoLinks];

export function scenesOf(peers: readonly Peer[]): readonly InteropScene[] {
  const names = peers.map(({ name }) => name);
  return scenes.filter(({ needs }) => needs.every((name) => names.includes(name)));
}
