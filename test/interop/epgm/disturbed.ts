/** Cases in which a relay delays, repeats and reorders what is sent to the group, in both directions. */
import { fileURLToPath } from "node:url";
import { LineProgram } from "../line-program.ts";
import type { Playable } from "../playable.ts";
import { checkAll, usual } from "./flow.ts";
import { type Lan, relayAddress } from "./lan.ts";
import type { Runtimes } from "./participant.ts";
import type { Disturbance } from "./relay.ts";
import { type Cast, loseEverywhere, onStage, textOf } from "./stage.ts";

const messageCount = 300;

/** At 10 Mbit/s a packet takes 1.2 ms, so that many overtake others. */
const disturbance: Disturbance = { delayMs: 5, jitterMs: 10, twicePercent: 10 };

export function disturbed(runtimes: Runtimes, cast: Cast): Playable {
  return {
    name: `epgm; ${textOf(cast)}; a relay delays, repeats and reorders, 1 % are lost; all arrive, in order, once`,
    play: () =>
      onStage({ runtimes, cast, isRelayed: true, prepare: startRelay }, async (stage) => {
        await loseEverywhere(stage, 1);
        stage.sender.tell({ first: 0, count: messageCount });
        for (const receiver of stage.receivers) {
          await receiver.reached(stage.sender.name, messageCount - 1);
          checkAll(receiver, stage.sender.name, 0, messageCount - 1);
        }
      }),
  };
}

class Relay extends LineProgram<{ readonly event: "listening" }> {
  #listens = false;

  listening(): Promise<void> {
    return this.until("to listen", () => this.#listens);
  }

  protected override take(): void {
    this.#listens = true;
  }

  protected override facts(): readonly string[] {
    return [];
  }
}

async function startRelay(lan: Lan): Promise<Relay> {
  const file = fileURLToPath(new URL("./relay.js", import.meta.url));
  const args = [usual.group, `${usual.port}`, relayAddress(0), relayAddress(1)];
  const command = [process.execPath, file, ...args, JSON.stringify(disturbance)] as const;
  const relay = new Relay("the relay", lan.host("relay").command([...command]));
  await relay.listening();
  return relay;
}
