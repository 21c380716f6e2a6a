/**
 * `npm run cost`: what the agreement on addresses costs, in messages, bytes and memory, for networks
 * of several sizes, as a table. Nothing is random and no clock is read, so every run gives the same.
 *
 * Of T types each node of N sends T/N and listens to as many others. All nodes start within 1 s.
 */
import process from "node:process";
import { Hub, type Traffic } from "./hub.ts";
import { nodeHeapBytes } from "./node-heap.ts";

const sizes: readonly (readonly [nodeCount: number, typeCount: number])[] =
  process.argv.length > 2
    ? process.argv.slice(2).map(sizeOf)
    : [
        [2, 10],
        [10, 100],
        [100, 100],
        [100, 1_000],
        [10, 10_000],
      ];

// What is compiled and made once takes room, too; it is there before the first row.
nodeHeapBytes(10, 1_000);
console.log("| nodes | types | heap of one node |");
console.log("| ---: | ---: | ---: |");
for (const [nodeCount, typeCount] of [
  [10, 1_000],
  [1_000, 1_000],
  [1_000, 60_000],
] as const) {
  const heapBytes = nodeHeapBytes(nodeCount, typeCount);
  console.log(`| ${nodeCount} | ${typeCount} | ${(heapBytes / 1e6).toFixed(1)} MB |`);
}
console.log();
console.log("| nodes | types | cold start | rest, a second | one new type | one joiner |");
console.log("| ---: | ---: | --- | --- | --- | --- |");
for (const [nodeCount, typeCount] of sizes) console.log(row(nodeCount, typeCount));

function row(nodeCount: number, typeCount: number): string {
  const hub = new Hub();
  const startMs = (index: number): number => (index * 1_000) / nodeCount;
  for (let index = 0; index < nodeCount; index += 1) {
    hub.add();
    hub.passTo(startMs(index));
    hub.act(index, (node, nowMs) => {
      node.start(nowMs);
      for (let type = index; type < typeCount; type += nodeCount) {
        node.use(nameOf(type), { sends: true, listens: false }, nowMs);
        node.use(nameOf((type + 1) % typeCount), { sends: false, listens: true }, nowMs);
      }
    });
  }
  const digestsAgree = agreement(hub, typeCount);
  const decidedMs = hub.passTo(600_000, digestsAgree);
  const cold = hub.takeTraffic();
  hub.passTo(decidedMs + 30_000);
  const settling = hub.takeTraffic();
  hub.passTo(hub.nowMs + 60_000);
  const rest = hub.takeTraffic().all;

  const beganMs = hub.nowMs;
  hub.act(0, (node, nowMs) => {
    node.use("org.example.cost.New.json", { sends: true, listens: false }, nowMs);
  });
  const newMs = hub.passTo(beganMs + 10_000, agreement(hub, typeCount + 1)) - beganMs;
  hub.passTo(beganMs + 10_000);
  const newType = withoutHeartbeats(hub.takeTraffic().byKind);

  const joinedMs = hub.nowMs;
  const joiner = hub.add();
  hub.act(joiner, (node, nowMs) => {
    node.start(nowMs);
    node.use(nameOf(0), { sends: false, listens: true }, nowMs);
  });
  const knownMs = hub.passTo(joinedMs + 10_000, agreement(hub, typeCount + 1)) - joinedMs;
  hub.passTo(joinedMs + 10_000);
  const join = less(hub.takeTraffic().all, rest, 10);
  if (process.env["COST_DETAIL"] !== undefined) {
    console.log("cold", ...lines(cold.byKind), "settling", ...lines(settling.byKind));
  }
  return `| ${nodeCount} | ${typeCount} | ${seconds(decidedMs)}, ${text(cold.all)}, then ${text(settling.all)} in 30 s | ${text({ messageCount: rest.messageCount / 60, byteCount: rest.byteCount / 60 })} | ${seconds(newMs)}, ${text(newType)} | ${seconds(knownMs)}, ${text(join)} |`;
}

function withoutHeartbeats(byKind: ReadonlyMap<string, Traffic>): Traffic {
  let [messageCount, byteCount] = [0, 0];
  for (const [kind, traffic] of byKind) {
    if (kind === "heartbeat") continue;
    messageCount += traffic.messageCount;
    byteCount += traffic.byteCount;
  }
  return { messageCount, byteCount };
}

/** From `100x1000`. */
function sizeOf(argument: string): readonly [number, number] {
  const [nodeCount = 0, typeCount = 0] = argument.split("x").map(Number);
  return [nodeCount, typeCount];
}

/** Whether all nodes hold so many records. Asked often, so it looks only at who did not when last asked. */
function agreement(hub: Hub, recordCount: number): () => boolean {
  let agreed = 0;
  return () => {
    for (; agreed < hub.nodes.length; agreed += 1) {
      if ((hub.nodes[agreed]?.sizes.records ?? 0) < recordCount) return false;
    }
    return true;
  };
}

/** What was sent beside that which is sent at rest. */
function less(all: Traffic, restOf60s: Traffic, durationS: number): Traffic {
  return {
    messageCount: Math.max(0, all.messageCount - (restOf60s.messageCount * durationS) / 60),
    byteCount: Math.max(0, all.byteCount - (restOf60s.byteCount * durationS) / 60),
  };
}

function nameOf(type: number): string {
  return `org.example.cost.Reading${type}.json`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function text({ messageCount, byteCount }: Traffic): string {
  return `${Math.round(messageCount).toLocaleString("en")} messages, ${Math.round(byteCount / 1_000).toLocaleString("en")} kB`;
}

function lines(byKind: ReadonlyMap<string, Traffic>): string[] {
  return [...byKind].map(([kind, traffic]) => `${kind}: ${text(traffic)};`);
}
