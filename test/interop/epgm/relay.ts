/**
 * A program on the host that joins two networks: takes what is sent to a group on one side to the
 * other side, late, in another order, some of it twice. What is sent to one host alone passes it by.
 *
 * Arguments: GROUP PORT NEAR_ADDRESS FAR_ADDRESS, and as JSON `Disturbance`.
 */
import { createSocket, type Socket } from "node:dgram";
import { stdout } from "node:process";

export interface Disturbance {
  /** Each datagram waits at least so long. */
  readonly delayMs: number;
  /** And by chance up to so much longer, by which one may overtake another. */
  readonly jitterMs: number;
  /** So many of a hundred come twice. */
  readonly twicePercent: number;
}

const [group = "", portText, near = "", far = "", json = ""] = process.argv.slice(2);
const port = Number(portText);
const { delayMs, jitterMs, twicePercent } = JSON.parse(json) as Disturbance;

const sides = await Promise.all([near, far].map(open));
for (const [index, { receiving, network }] of sides.entries()) {
  const other = sides[1 - index];
  receiving.on("message", (bytes, { address }) => {
    // A socket hears a group by whatever interface the host has joined it, and itself.
    if (!address.startsWith(network) || isOwn(address)) return;
    const copies = Math.random() * 100 < twicePercent ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      setTimeout(() => other?.sending.send(bytes, port, group), delayMs + Math.random() * jitterMs);
    }
  });
}
stdout.write(`${JSON.stringify({ event: "listening" })}\n`);
process.stdin.on("end", () => process.exit(0)).resume();

interface Side {
  readonly receiving: Socket;
  readonly sending: Socket;
  /** What the addresses of its hosts begin with. */
  readonly network: string;
}

async function open(address: string): Promise<Side> {
  const receiving = createSocket({ type: "udp4", reuseAddr: true });
  await bound(receiving, group, port);
  receiving.addMembership(group, address);
  receiving.setRecvBufferSize(4 * 1024 * 1024);
  const sending = createSocket("udp4");
  await bound(sending, address, 0);
  sending.setMulticastInterface(address);
  return { receiving, sending, network: address.replace(/\d+$/, "") };
}

function isOwn(address: string): boolean {
  return address === near || address === far;
}

function bound(socket: Socket, address: string, at: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(at, address, resolve);
  });
}
