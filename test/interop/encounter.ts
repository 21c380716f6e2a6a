/** Encounter: the programs of one case, which meet on this machine. */
import type { FormName } from "./foos.ts";
import { freePort } from "./free-port.ts";
import type { Act, Peer, Transport } from "./peer.ts";
import { Program } from "./program.ts";

export interface Setting {
  readonly transport: Transport;
  readonly sender: Peer;
  readonly responder: Peer;
  /** Who listens for the connection that the Foos take; of pub/sub always the sender. */
  readonly binder: Act;
  readonly form: FormName;
}

interface StartOptions {
  /** What the Bars of a responder say about it. */
  readonly nodeId?: string;
  /** Of a responder of bare sockets: what the topics begin with that it subscribes to. */
  readonly subscribe?: string | undefined;
}

export class Encounter implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #urls: Readonly<Record<Act, readonly string[]>>;
  readonly #programs: Program[] = [];

  private constructor(setting: Setting, urls: Readonly<Record<Act, readonly string[]>>) {
    this.#setting = setting;
    this.#urls = urls;
  }

  /** @param responderCount How many there will be at the same time; with pub/sub only. */
  static async open(setting: Setting, responderCount = 1): Promise<Encounter> {
    const urls =
      setting.transport === "pair"
        ? await pairUrls(setting.binder)
        : await pubSubUrls(responderCount);
    return new Encounter(setting, urls);
  }

  /**
   * Starts a program; resolves when it listens.
   * @param index Which one, where there are several responders.
   */
  async start(act: Act, options: StartOptions = {}, index = 0): Promise<Program> {
    const { form, [act]: peer } = this.#setting;
    const { nodeId = nodeIdUsual, subscribe } = options;
    const url = this.#urls[act][index] ?? "";
    const [file, ...args] = peer.command(act);
    const program = new Program(`${peer.name}, the ${act},`, [
      file,
      ...args,
      ...[subscribe === undefined ? url : `${url}&subscribe=${subscribe}`, form, nodeId],
    ]);
    this.#programs.push(program);
    await program.listening();
    return program;
  }

  /** Ends what still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
  }
}

export const nodeIdUsual = "c2b6f0ce-74d1-4b8a-9a35-5d1f2e3a4b5c";

export function otherAct(act: Act): Act {
  return act === "sender" ? "responder" : "sender";
}

/** Whether one of the two is this peer. */
export function takesPart(name: Peer["name"], { sender, responder }: Setting): boolean {
  return sender.name === name || responder.name === name;
}

async function pairUrls(binder: Act): Promise<Record<Act, readonly string[]>> {
  const url = `pair://127.0.0.1:${await freePort()}`;
  const urls = { sender: [url], responder: [url] };
  return { ...urls, [binder]: [`${url}?bind`] };
}

async function pubSubUrls(responderCount: number): Promise<Record<Act, readonly string[]>> {
  const sender = `127.0.0.1:${await freePort()}`;
  const responders: string[] = [];
  while (responders.length < responderCount) responders.push(`127.0.0.1:${await freePort()}`);
  return {
    sender: [`pubsub://${sender}?peers=${responders.join(",")}`],
    responder: responders.map((responder) => `pubsub://${responder}?peers=${sender}`),
  };
}
