/** Groups and ports for tests: each test has its own, since others may run on this host. */
import { createSocket } from "node:dgram";
import { type EpgmNode, type EpgmOptions, openEpgm } from "plexo/epgm";
import { randomPort } from "./random-port.ts";

/** A UDP port that nobody has now. */
export async function freeUdpPort(): Promise<number> {
  for (;;) {
    const port = randomPort();
    if (await isFree(port)) return port;
  }
}

/** A group by chance, of the part of 239.255.0.0/16 that plexo itself uses by no default. */
export function someGroup(): string {
  const number = (): number => 1 + Math.floor(Math.random() * 254);
  return `239.255.${number()}.${number()}`;
}

export function openOnLoopback(port: number, options: EpgmOptions = {}): Promise<EpgmNode> {
  return openEpgm({ interface: "127.0.0.1", port, graceMs: 0, ...options });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind(port, () => socket.close(() => resolve(true)));
  });
}
