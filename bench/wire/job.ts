/** What the two processes of a wire bench are told, and what they answer. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export type WireRivalName = "plexo raw" | "plexo typed JSON" | "zeromq PAIR" | "bare node:net";

export interface Job {
  readonly rival: WireRivalName;
  readonly scenario: "one way" | "round trip";
  readonly role: "listener" | "connector";
  /** For the connector. */
  readonly port: number;
  readonly payloadBytes: number;
  /** Sent before the clock starts. */
  readonly warmUp: number;
  readonly messages: number;
}

export type Report =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "done"; readonly elapsedNs: number };

const deadlineMs = 30_000;
const triesMax = 4;

/**
 * Runs a listener and a connector; the time of the one that holds the clock, in nanoseconds.
 * The npm package `zeromq` 6.8.0 stands still for good in about one run of eight, with messages on
 * both sides; such a run is said and taken again.
 */
export async function runJob(job: Omit<Job, "role" | "port">): Promise<number> {
  for (let triesLeft = triesMax - 1; ; triesLeft--) {
    try {
      return await runOnce(job);
    } catch (error) {
      if (triesLeft === 0) throw error;
      console.error(`${String(error)}; taken again`);
    }
  }
}

async function runOnce(job: Omit<Job, "role" | "port">): Promise<number> {
  const listener = start({ ...job, role: "listener", port: 0 });
  const listening = await listener.next("listening");
  const connector = start({ ...job, role: "connector", port: listening.port });
  try {
    const ends = await Promise.all([listener.next("done"), connector.next("done")]);
    for (const child of [listener, connector]) child.finish();
    return timeOf(ends);
  } catch (error) {
    for (const child of [listener, connector]) child.kill();
    throw error;
  }
}

function timeOf(ends: readonly { readonly elapsedNs: number }[]): number {
  return Math.max(...ends.map((end) => end.elapsedNs));
}

interface Child {
  /** Both ends are done. */
  finish(): void;
  kill(): void;
  next<K extends Report["kind"]>(kind: K): Promise<Extract<Report, { readonly kind: K }>>;
}

function start(job: Job): Child {
  const child = fork(fileURLToPath(new URL("./end.js", import.meta.url)), [JSON.stringify(job)], {
    timeout: deadlineMs,
  });
  const reports: Report[] = [];
  let look = (): void => {};
  child.on("message", (message) => {
    reports.push(message as Report);
    look();
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("exit", (code, signal) => {
      if (code !== 0) reject(new Error(`${job.rival} ${job.role} ended with ${code ?? signal}`));
    });
  });
  failed.catch(() => {});
  return {
    finish: () => child.send("finish"),
    kill: () => child.kill("SIGKILL"),
    next: (kind) => {
      const found = new Promise<never>((resolve) => {
        look = () => {
          const index = reports.findIndex((report) => report.kind === kind);
          if (index >= 0) resolve(reports.splice(index, 1)[0] as never);
        };
        look();
      });
      return Promise.race([found, failed]);
    },
  };
}
