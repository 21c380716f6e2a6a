/**
 * EPGM, ours beside libzmq's: `npm run bench:epgm`, on Linux, by root. One sender and one or three
 * receivers, each on a host of its own (a network namespace), 64 B, 1 kB and 64 kB a message, without
 * loss and with 1 %, at the same rate limit. `--quick` sends for a shorter time; `--target` measures only what 1 % of
 * loss costs ours.
 *
 * It prints tables in Markdown.
 */
import process from "node:process";
import { Lan } from "../test/interop/epgm/lan.ts";
import { setUpEpgmTools } from "../test/interop/epgm/tools.ts";
import {
  End,
  type EndSettings,
  Ends,
  type Kind,
  measuredFrom,
  type Received,
} from "./epgm/ends.ts";

interface Run {
  readonly kind: Kind;
  readonly kilobitsPerSecond: number;
  readonly byteCount: number;
  readonly receiverCount: number;
  readonly lossPercent: number;
}

interface Figures {
  readonly messagesPerSecond: number;
  /** Of the slowest receiver, in Mbit/s. */
  readonly goodput: number;
  readonly senderMicroseconds: number;
  readonly receiverMicroseconds: number;
  readonly repairs: number;
  /** What was not as it should be; empty if all arrived in order. */
  readonly remark: string;
}

const isQuick = process.argv.includes("--quick");
const seconds = isQuick ? 0.5 : 4;
const sizes = [64, 1_024, 65_536];
const sizeNames = ["64 B", "1 kB", "64 kB"];
const rounds = isQuick ? 1 : 5;
/** What a packet can carry, of what it costs. */
const payloadShare = 0.96;
const port = 5560;

const { python, description } = await setUpEpgmTools();
console.log(`Node ${process.versions.node}; ${description}\n`);
if (!process.argv.includes("--target")) {
  for (const kilobitsPerSecond of [10_000, 100_000]) {
    await compare(kilobitsPerSecond, ["ours", "libzmq"]);
  }
}
await target();

/** A table of both at one rate. */
async function compare(kilobitsPerSecond: number, kinds: readonly Kind[]): Promise<void> {
  console.log(`At most ${kilobitsPerSecond / 1_000} Mbit/s:\n`);
  const heads = ["messages/s", "goodput, Mbit/s", "sender, µs CPU", "receiver, µs CPU", ""];
  console.log(`| message | receivers | loss | sender and receivers | ${heads.join(" | ")} |`);
  console.log(`| --- | --- | --- | --- | ${heads.map(() => "---").join(" | ")} |`);
  for (const [index, byteCount] of sizes.entries()) {
    for (const receiverCount of [1, 3]) {
      for (const lossPercent of [0, 1]) {
        for (const kind of kinds) {
          const figures = await measured({
            ...{ kind, kilobitsPerSecond, byteCount, receiverCount, lossPercent },
          });
          const cells = [sizeNames[index], receiverCount, `${lossPercent} %`, kind];
          console.log(`| ${[...cells, ...cellsOf(figures)].join(" | ")} |`);
        }
      }
    }
  }
  console.log("");
}

/** The target: at half the highest rate that loses nothing, 1 % of loss costs at most 10 %. */
async function target(): Promise<void> {
  const byteCount = 1_024;
  const base = { kind: "ours", byteCount, receiverCount: 1 } as const;
  let highest = 50_000;
  for (let rate = 100_000; rate <= 1_600_000; rate *= 1.5) {
    const figures = await measured({
      ...base,
      kilobitsPerSecond: Math.round(rate),
      lossPercent: 0,
    });
    console.log(`${Math.round(rate / 1_000)} Mbit/s without loss: ${cellsOf(figures).join(", ")}`);
    if (figures.remark !== "" || figures.repairs > 0) break;
    highest = Math.round(rate);
  }
  const half = Math.round(highest / 2);
  const goodputs: Record<0 | 1, number[]> = { 0: [], 1: [] };
  const remarks = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    for (const lossPercent of [0, 1] as const) {
      const figures = await measured({ ...base, kilobitsPerSecond: half, lossPercent });
      goodputs[lossPercent].push(figures.goodput);
      remarks.add(figures.remark || "nothing lost, in order");
    }
  }
  const [without, withLoss] = [median(goodputs[0]), median(goodputs[1])];
  console.log(
    `\nHighest rate without any loss: ${highest / 1_000} Mbit/s. At half of it, 1 kB, one receiver, ` +
      `medians of ${rounds} in turns: ${without.toFixed(1)} Mbit/s without loss, ` +
      `${withLoss.toFixed(1)} with 1 %: ${((100 * withLoss) / without).toFixed(1)} %; ${[...remarks].join(", ")}`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

async function measured(run: Run): Promise<Figures> {
  const { kind, kilobitsPerSecond, byteCount, receiverCount, lossPercent } = run;
  const names = Array.from({ length: receiverCount }, (_, index) => `receiver${index}`);
  const bytesPerSecond = (kilobitsPerSecond * 1_000) / 8;
  const count = Math.ceil((bytesPerSecond * payloadShare * seconds) / byteCount);
  await using lan = await Lan.open({ near: ["sender", ...names] });
  await using ends = new Ends();
  const settings: Omit<EndSettings, "role"> = {
    ...{ interface: "", group: "239.255.77.8", kilobitsPerSecond },
    ...{ foreign: false, byteCount, count, from: measuredFrom(count) },
  };
  const receivers = names.map((name) =>
    ends.add(new End(kind, python, lan.host(name), { ...settings, role: "receiver" })),
  );
  const sender = ends.add(
    new End(kind, python, lan.host("sender"), { ...settings, role: "sender" }),
  );
  for (const end of [sender, ...receivers]) await end.ready();
  const timer = setInterval(() => sender.tell("probe"), 50);
  for (const receiver of receivers) await receiver.probed();
  clearInterval(timer);
  for (const host of lan.hosts) await host.lose(lossPercent, port);
  const before = await sender.used();
  sender.tell("go");
  const results = await Promise.all(receivers.map((receiver) => receiver.done()));
  const after = await sender.used();
  return figuresOf({
    run,
    count,
    results,
    senderCpuMs: after.cpuMs - before.cpuMs,
    repairs: after.repairs,
  });
}

interface Measurement {
  readonly run: Run;
  readonly count: number;
  readonly results: readonly Received[];
  readonly senderCpuMs: number;
  readonly repairs: number;
}

function figuresOf({ run, count, results, senderCpuMs, repairs }: Measurement): Figures {
  const slowestMs = Math.max(...results.map(({ tookMs }) => tookMs));
  const messagesPerSecond = ((count - 1 - measuredFrom(count)) * 1_000) / slowestMs;
  const lost = results.map(({ gotCount }) => count - gotCount);
  const cpuMs = results.reduce((sum, result) => sum + result.cpuMs, 0) / results.length;
  const remarks = [
    ...(lost.some((each) => each > 0) ? [`lost ${lost.join(", ")}`] : []),
    ...(results.every(({ isOrdered }) => isOrdered) ? [] : ["out of order"]),
  ];
  return {
    messagesPerSecond,
    goodput: (messagesPerSecond * run.byteCount * 8) / 1e6,
    senderMicroseconds: (senderCpuMs * 1_000) / count,
    receiverMicroseconds: (cpuMs * 1_000) / (count - measuredFrom(count)),
    repairs,
    remark: remarks.join("; "),
  };
}

function cellsOf(figures: Figures): readonly string[] {
  return [
    Math.round(figures.messagesPerSecond).toLocaleString("en"),
    figures.goodput.toFixed(1),
    figures.senderMicroseconds.toFixed(1),
    figures.receiverMicroseconds.toFixed(1),
    figures.remark,
  ];
}
