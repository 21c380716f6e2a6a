/** Programs of ours and of libzmq on one host, which share its group and port. */
import type { Playable } from "../playable.ts";
import { checkAll, Flow, met } from "./flow.ts";
import { Lan } from "./lan.ts";
import type { Kind, Participant, Role, Runtimes } from "./participant.ts";

const messageCount = 200;

/** libzmq shares a port by SO_REUSEPORT alone, so ours runs on a Node that can, too. */
export function oneHost(runtimes: Runtimes): Playable {
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
        for (const { name } of senders) await receiver.reached(name, messageCount - 1);
        for (const { name } of senders) checkAll(receiver, name, 0, messageCount - 1);
      }
    },
  };
}
