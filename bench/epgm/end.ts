/** An end of the bench of EPGM, ours: `end.js SETTINGS`, as JSON. What it is told comes line by line. */
import { openEpgm } from "plexo/epgm";
import { splitLines } from "../../test/interop/lines.ts";
import type { EndSettings } from "./ends.ts";

// The bench writes them.
const settings = JSON.parse(process.argv[2] ?? "") as EndSettings;
const { role, group, kilobitsPerSecond, foreign, byteCount, count, from } = settings;
const node = await openEpgm({
  interface: settings.interface,
  bitsPerSecond: kilobitsPerSecond * 1_000,
  graceMs: 0,
});
if (role === "sender") await send();
else await receive();

async function send(): Promise<void> {
  const channel = await node.join(group);
  channel.setForeign(foreign);
  await channel.openSource();
  say("ready");
  const startCpu = process.cpuUsage();
  for await (const command of commands()) {
    if (command === "probe") {
      await channel.send([new Uint8Array(1)]);
    } else if (command === "go") {
      for (let index = 0; index < count; index += 1) {
        const bytes = Buffer.alloc(byteCount);
        bytes.writeUInt32BE(index);
        await channel.send([bytes]);
      }
    } else if (command === "cpu") {
      say("cpu", { cpuMs: cpuSince(startCpu), repairs: channel.sent?.repairs ?? 0 });
    }
  }
  await node.close({ lingerMs: 0 });
}

async function receive(): Promise<void> {
  let startCpu = process.cpuUsage();
  let firstMs = 0;
  let gotCount = 0;
  let gapCount = 0;
  let next = 0;
  let isOrdered = true;
  await node.join(group, {
    message: ([part = new Uint8Array(0)]) => {
      if (part.length === 1) {
        say("probed");
        return;
      }
      const index = Buffer.from(part.buffer, part.byteOffset, 4).readUInt32BE();
      if (index >= from && firstMs === 0) {
        firstMs = performance.now();
        startCpu = process.cpuUsage();
      }
      gotCount += 1;
      isOrdered &&= index >= next;
      next = index + 1;
      if (next !== count) return;
      const tookMs = performance.now() - firstMs;
      say("done", { tookMs, gotCount, gapCount, isOrdered, cpuMs: cpuSince(startCpu) });
    },
    gap: () => {
      gapCount += 1;
    },
  });
  say("ready");
  // What comes next is the end.
  await commands().next();
  await node.close();
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function say(event: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

async function* commands(): AsyncGenerator<string> {
  const lines: string[] = [];
  const split = splitLines((line) => lines.push(line));
  // With an encoding the pieces are text.
  for await (const piece of process.stdin.setEncoding("utf8") as AsyncIterable<string>) {
    split(piece);
    // What the bench tells is JSON text.
    for (const line of lines.splice(0)) yield JSON.parse(line) as string;
  }
}
