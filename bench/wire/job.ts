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

const deadlineMs = 120_000;

/** Runs a listener and a connector; the time of the one that holds the clock, in nanoseconds. */
export async function runJob(job: Omit<Job, "role" | "port">): Promise<number> {
  const listener = start({ ...job, role: "listener", port: 0 });
  const listening = await listener.next("listening");
  const connector = start({ ...job, role: "connector", port: listening.port });
  const ends = await Promise.all([listener.next("done"), connector.next("done")]);
  for (const child of [listener, connector]) child.close();
  return Math.max(...ends.map((end) => end.elapsedNs));
}

interface Child {
  /** Both ends are done. */
  close(): void;
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
    close: () => child.send("close"),
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
