/** Programs of ours and of libzmq on one host, which share its group and port. */
import type { Playable } from "../playable.ts";
import { checkAll, Flow, met } from "./flow.ts";
import { Lan } from "./lan.ts";
import type { Kind, Participant, Role, Runtimes } from "./participant.ts";

const messageCount = 200;

export function oneHostCasesOf(runtimes: Runtimes): readonly Playable[] {
  return [oneHost(runtimes), withoutRoute(runtimes), ...refused(runtimes)];
}

/** libzmq shares a port by SO_REUSEPORT alone, so ours runs on a Node that can, too. */
function oneHost(runtimes: Runtimes): Playable {
  return {
    name: "epgm; on one host two of ours and one of libzmq send, and one of each receives; 1 % are lost",
    play: async () => {
      await using lan = await Lan.open({ near: ["host"] });
      await using flow = new Flow({ ...runtimes, node: runtimes.sharingNode }, { partCount: 1 });
      const host = lan.host("host");
      const start = (kind: Kind, role: Role, name: string): Promise<Participant> =>
        flow.start({ host, kind, role, name, interface: "127.0.0.1" });
      // libzmq sends nothing back to its own host but by the loopback interface.
      const senders = [
        await start("libzmq", "sender", "libzmq-sender"),
        await start("ours", "sender", "our-sender"),
        await start("ours", "sender", "our-other-sender"),
      ];
      const receivers = [
        await start("ours", "receiver", "our-receiver"),
        await start("libzmq", "receiver", "libzmq-receiver"),
      ];
      await met(senders, receivers);
      await host.lose(1, flow.settings.port);
      for (const sender of senders) sender.tell({ first: 0, count: messageCount });
      for (const receiver of receivers) {
        // What libzmq misses of libzmq on its own host it gets by luck only (libzmq 4.3.4).
        const heard = senders.filter(
          (sender) => sender.kind === "ours" || receiver.kind === "ours",
        );
        for (const { name } of heard) await receiver.reached(name, messageCount - 1);
        for (const { name } of heard) checkAll(receiver, name, 0, messageCount - 1);
      }
    },
  };
}

/** Nobody names an interface, and no route leads to groups: the loopback interface is taken. */
function withoutRoute(runtimes: Runtimes): Playable {
  return {
    name: "epgm; on a host without a route to groups ours hears ours by the loopback interface",
    play: async () => {
      await using lan = await Lan.open({ near: ["host"] });
      await using flow = new Flow(runtimes, { foreign: false });
      const host = lan.host("host");
      const start = (role: Role): Promise<Participant> =>
        flow.start({ host, kind: "ours", role, name: role, interface: "" });
      const [receiver, sender] = [await start("receiver"), await start("sender")];
      await met([sender], [receiver]);
    },
  };
}

/** Of a Node that cannot share the port with libzmq; a newer one has `oneHost`. */
function refused(runtimes: Runtimes): readonly Playable[] {
  if (Number(process.versions.node.split(".")[0]) > 20) return [];
  return [
    {
      name: "epgm; where libzmq has the port, ours on Node 20 says so, and libzmq lives on",
      play: async () => {
        await using lan = await Lan.open({ near: ["host"] });
        await using flow = new Flow(runtimes);
        const host = lan.host("host");
        const start = (kind: Kind, role: Role): Promise<Participant> =>
          flow.start({ host, kind, role, name: `${kind}-${role}`, interface: "127.0.0.1" });
        const libzmq = await start("libzmq", "receiver");
        const sender = await start("libzmq", "sender");
        const refusal = await start("ours", "receiver").then(
          () => "it was not refused",
          (error: unknown) => String(error),
        );
        if (!/SO_REUSEPORT, as libzmq does.*Node 22\.12/.test(refusal)) throw new Error(refusal);
        await met([sender], [libzmq]);
      },
    },
  ];
}
