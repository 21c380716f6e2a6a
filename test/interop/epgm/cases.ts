/** The cases of EPGM: ours and libzmq's on hosts of their own, which lose, delay, repeat and reorder. */
import type { Playable } from "../playable.ts";
import { disturbed } from "./disturbed.ts";
import { checkAll, checkOrder, Flow, met } from "./flow.ts";
import { Lan } from "./lan.ts";
import { oneHostCasesOf } from "./one-host.ts";
import type { Participant, Runtimes } from "./participant.ts";
import { type Cast, casts, loseEverywhere, onStage, type Stage, textOf } from "./stage.ts";

const losses = [0, 1, 5, 20] as const;

/** Of each hundred one has 200 kB. */
const messageCount = 300;
const last = messageCount - 1;

export function epgmCasesOf(runtimes: Runtimes): readonly Playable[] {
  return [
    ...casts.flatMap((cast) => losses.map((percent) => lossy(runtimes, cast, percent))),
    ...casts.map((cast) => late(runtimes, cast)),
    ...casts.map((cast) => restarted(runtimes, cast)),
    ...casts.map((cast) => disturbed(runtimes, cast)),
    together(runtimes),
    overIpv6(runtimes),
    ...oneHostCasesOf(runtimes),
    staysInItsNetwork(runtimes),
  ];
}

function lossy(runtimes: Runtimes, cast: Cast, percent: number): Playable {
  return {
    name: `epgm; ${textOf(cast)}; ${percent} % are lost; all arrive, in order, once`,
    play: () =>
      onStage({ runtimes, cast }, async (stage) => {
        await loseEverywhere(stage, percent);
        const startedMs = performance.now();
        stage.sender.tell({ first: 0, count: messageCount });
        const missingCount = await allArrive(stage.sender, stage.receivers, percent);
        const took = `${Math.round(performance.now() - startedMs)} ms`;
        // libzmq says that it ends three times at once, which heavy loss may take.
        if (percent <= 5) await ends(stage);
        return missingCount === 0 ? took : `${took}, ${missingCount} missing at libzmq`;
      }),
  };
}

/** The sender closes, and receivers of ours are told so. */
async function ends({ sender, receivers }: Stage): Promise<void> {
  await sender.finish();
  for (const receiver of receivers) if (receiver.kind === "ours") await receiver.finished(1);
}

/** @returns How many messages are missing at receivers of libzmq, which give up in silence. */
async function allArrive(
  sender: Participant,
  receivers: readonly Participant[],
  percent: number,
): Promise<number> {
  let missingCount = 0;
  for (const receiver of receivers) {
    await receiver.reached(sender.name, last);
    if (percent <= 5 || receiver.kind === "ours") checkAll(receiver, sender.name, 0, last);
    else missingCount += checkOrder(receiver, sender.name, last);
  }
  return missingCount;
}

function late(runtimes: Runtimes, cast: Cast): Playable {
  return {
    name: `epgm; ${textOf(cast)}; 1 % are lost; one that comes late gets what is sent from then on`,
    play: () =>
      onStage({ runtimes, cast }, async (stage) => {
        const { sender, receivers } = stage;
        await loseEverywhere(stage, 1);
        const half = messageCount / 2;
        sender.tell({ first: 0, count: half });
        for (const receiver of receivers) await receiver.reached(sender.name, half - 1);
        const newcomer = await stage.flow.start({
          // A host of its own: on the kernel's side nothing is shared.
          host: stage.lan.host("spare"),
          kind: cast.receivers[0] ?? "ours",
          role: "receiver",
          name: "newcomer",
        });
        await met([sender], [newcomer]);
        sender.tell({ first: half, count: half });
        for (const receiver of receivers) {
          await receiver.reached(sender.name, last);
          checkAll(receiver, sender.name, 0, last);
        }
        await newcomer.reached(sender.name, last);
        checkAll(newcomer, sender.name, half, last);
      }),
  };
}

function restarted(runtimes: Runtimes, cast: Cast): Playable {
  // The parts that libzmq has of a message whose rest never comes it delivers with the next message.
  const settings = cast.receivers.includes("libzmq") ? ({ partCount: 1 } as const) : {};
  return {
    name: `epgm; ${textOf(cast)}; 1 % are lost; the sender is killed while it sends, and started again`,
    play: () =>
      onStage({ runtimes, cast, settings }, async (stage) => {
        const { sender, receivers } = stage;
        await loseEverywhere(stage, 1);
        sender.tell({ first: 0, count: messageCount });
        for (const receiver of receivers) await receiver.heard(sender.name);
        await sender.kill();
        const host = stage.lan.host("sender");
        const again = await stage.flow.start({
          host,
          kind: cast.sender,
          role: "sender",
          name: "again",
        });
        await met([again], receivers);
        again.tell({ first: 0, count: messageCount });
        for (const receiver of receivers) {
          await receiver.reached(again.name, last);
          // Of the first sender there is what came before it died, without a hole.
          const first = receiver.of(sender.name);
          if (checkOrder(receiver, sender.name, first.length - 1) !== 0) {
            throw new Error(`${receiver.name} has a hole in what came of ${sender.name}`);
          }
          if (checkOrder(receiver, again.name, last) !== 0) {
            throw new Error(`${receiver.name} has not got all of ${again.name}`);
          }
        }
      }),
  };
}

/** Two senders, ours and libzmq's, at the same time on one group. */
function together(runtimes: Runtimes): Playable {
  const kinds = ["ours", "libzmq"] as const;
  const names = kinds.flatMap((kind) => [`${kind}-sender`, `${kind}-receiver`]);
  return {
    name: "epgm; ours and libzmq send to one group at once, to ours and libzmq; 1 % are lost",
    play: async () => {
      await using lan = await Lan.open({ near: names });
      await using flow = new Flow(runtimes, { partCount: 1 });
      const start = (kind: "ours" | "libzmq", role: "sender" | "receiver") =>
        flow.start({ host: lan.host(`${kind}-${role}`), kind, role, name: `${kind}-${role}` });
      const receivers = [await start("ours", "receiver"), await start("libzmq", "receiver")];
      const senders = [await start("ours", "sender"), await start("libzmq", "sender")];
      await met(senders, receivers);
      for (const host of lan.hosts) await host.lose(1, flow.settings.port);
      for (const sender of senders) sender.tell({ first: 0, count: messageCount });
      for (const receiver of receivers) {
        for (const { name } of senders) await receiver.reached(name, last);
        for (const { name } of senders) checkAll(receiver, name, 0, last);
      }
    },
  };
}

function overIpv6(runtimes: Runtimes): Playable {
  const cast: Cast = { sender: "ours", receivers: ["ours", "ours"] };
  return {
    name: `epgm; ${textOf(cast)} over IPv6; 5 % are lost; all arrive, in order, once`,
    play: () =>
      onStage({ runtimes, cast, settings: { group: "ff15::77:7" } }, async (stage) => {
        await loseEverywhere(stage, 5);
        stage.sender.tell({ first: 0, count: messageCount });
        await allArrive(stage.sender, stage.receivers, 5);
      }),
  };
}

/** By default what is sent may pass no router: its TTL is 1. */
function staysInItsNetwork(runtimes: Runtimes): Playable {
  const cast: Cast = { sender: "ours", receivers: ["ours"] };
  return {
    name: `epgm; ${textOf(cast)}; what is sent has a TTL of 1`,
    play: () =>
      onStage({ runtimes, cast }, async ({ lan, flow, sender, receivers }) => {
        await lan.host("receiver0").dropUnlessTtl(1, flow.settings.port);
        sender.tell({ first: 0, count: messageCount });
        await allArrive(sender, receivers, 0);
      }),
  };
}
