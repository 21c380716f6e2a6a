/**
 * Transcript: commands, and what the nodes did, as text. Nodes hear each other after a fixed time,
 * and chance comes from the node's letter, so that a transcript is always the same.
 *
 * - `start A`, `close A` (it says goodbye), `kill A` (it does not)
 * - `use A Tea` (sends and listens), `send A Tea`, `listen A Tea`, `release A Tea`
 * - `delay 10`: messages sent from now on take 10 ms, 5 if not said
 * - `pass 100`: 100 ms; `quietly pass 100`: what happens in them is not told
 * - `lose B promise`: nobody gets B's next promise
 * - `cut A B`, `cut A -> B`: nothing passes between them, or in one direction; `mend A B`
 * - `say L …`: a message of a node of pyplexo: `heartbeat`, `preparation Tea 9`,
 *   `proposal Tea 9 239.255.1.2`, `promise Tea A 9 239.255.1.2` (on the channel of proposals)
 * - `# …`: a remark, which also stands where it belongs in what happened
 */
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../src/protocol/consensus/agreement.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import { parseIp } from "../../src/protocol/ip.ts";
import {
  ballot,
  legacyHeartbeat,
  preparation,
  promise,
  proposal,
} from "../support/consensus-messages.ts";
import { Words } from "./in-words.ts";

interface Flight {
  readonly arrivesMs: number;
  readonly from: string;
  readonly to: string;
  readonly message: ControlMessage;
}

/** @returns what the nodes did, a line each. */
export function runTranscript(commands: readonly string[]): string[] {
  const stage = new Stage();
  for (const command of commands) stage.perform(command);
  return stage.lines;
}

class Stage {
  readonly lines: string[] = [];
  readonly #space = new AddressSpace("239.255.0.0/16");
  readonly #words = new Words(this.#space, nameOf);
  readonly #nodes = new Map<string, AddressAgreement>();
  readonly #cut = new Set<string>();
  readonly #lost: { readonly from: string; readonly kind: string }[] = [];
  readonly #heartbeats = new Map<string, string>();
  #flights: Flight[] = [];
  #delayMs = 5;
  #nowMs = 0;

  perform(command: string): void {
    const [verb = "", name = "", ...rest] = command.split(/\s+/);
    const [typeName = ""] = rest;
    switch (verb) {
      case "#":
        this.lines.push("", command);
        return;
      case "start":
        this.#start(name);
        break;
      case "close":
        this.#node(name).close(this.#nowMs);
        this.#collect(name);
        this.#nodes.delete(name);
        return;
      case "kill":
        this.#nodes.delete(name);
        return;
      case "use":
      case "send":
      case "listen": {
        const use = { sends: verb !== "listen", listens: verb !== "send" };
        this.#node(name).use(typeName, use, this.#nowMs);
        break;
      }
      case "release":
        this.#node(name).release(typeName, this.#nowMs);
        break;
      case "delay":
        this.#delayMs = Number(name);
        return;
      case "pass":
        this.#passTo(this.#nowMs + Number(name));
        return;
      case "quietly": {
        const told = this.lines.length;
        this.#passTo(this.#nowMs + Number(typeName));
        this.lines.length = told;
        return;
      }
      case "lose":
        this.#lost.push({ from: name, kind: typeName });
        return;
      case "cut":
      case "mend":
        for (const link of links(name, rest)) {
          if (verb === "cut") this.#cut.add(link);
          else this.#cut.delete(link);
        }
        return;
      case "say":
        this.#send(name, this.#spoken(name, rest));
        return;
      default:
        throw new Error(`no such command: ${command}`);
    }
    this.#collect(name);
  }

  #node(name: string): AddressAgreement {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`${name} was not started`);
    return node;
  }

  #start(name: string): void {
    const node = new AddressAgreement({
      instanceId: idOf(name),
      space: this.#space,
      random: randomFrom(name),
      firstProposalId: 1n,
    });
    this.#nodes.set(name, node);
    node.start(this.#nowMs);
  }

  /** Messages that arrive come before wakes at the same time, nodes in the order of their start. */
  #passTo(endMs: number): void {
    for (;;) {
      const flight = this.#flights.reduce<Flight | undefined>(
        (first, one) => (first === undefined || one.arrivesMs < first.arrivesMs ? one : first),
        undefined,
      );
      const [due] = [...this.#nodes].toSorted(([, left], [, right]) => dueMs(left) - dueMs(right));
      const wakeMs = due === undefined ? Number.POSITIVE_INFINITY : dueMs(due[1]);
      const nextMs = Math.min(flight?.arrivesMs ?? Number.POSITIVE_INFINITY, wakeMs);
      if (nextMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      if (flight !== undefined && flight.arrivesMs <= wakeMs) this.#arrive(flight);
      else if (due !== undefined) {
        due[1].wake(this.#nowMs);
        this.#collect(due[0]);
      }
    }
    this.#nowMs = endMs;
  }

  #arrive(flight: Flight): void {
    this.#flights = this.#flights.filter((one) => one !== flight);
    const { to, message } = flight;
    this.#nodes.get(to)?.receive(message, this.#nowMs);
    if (this.#nodes.has(to)) this.#collect(to);
  }

  #collect(name: string): void {
    for (const output of this.#node(name).drain()) {
      if (output.kind === "send") this.#send(name, output.message);
      else {
        const text = this.#words.output(output);
        if (text !== undefined) this.#write(`${name} .. ${text}`);
      }
    }
  }

  #send(from: string, message: ControlMessage): void {
    const lost = this.#lost.findIndex((one) => one.from === from && one.kind === message.kind);
    const text = this.#words.message(message);
    // A heartbeat that says the same as the one before is not worth a line.
    if (message.kind !== "heartbeat" || message.hello || this.#heartbeats.get(from) !== text) {
      this.#write(`${from} -> ${text}${lost >= 0 ? " (lost)" : ""}`);
    }
    if (message.kind === "heartbeat") this.#heartbeats.set(from, text);
    if (lost >= 0) {
      this.#lost.splice(lost, 1);
      return;
    }
    for (const to of this.#nodes.keys()) {
      if (to === from || this.#cut.has(`${from}${to}`)) continue;
      this.#flights.push({ arrivesMs: this.#nowMs + this.#delayMs, from, to, message });
    }
  }

  #spoken(name: string, [kind = "", typeName = "", ...rest]: readonly string[]): ControlMessage {
    if (kind === "heartbeat") return legacyHeartbeat(idOf(name));
    if (kind === "promise") {
      const [proposer = "", proposalId = "", address = ""] = rest;
      return promise(preparation(typeName, ballot(BigInt(proposalId), idOf(proposer))), 0n, {
        address: this.#offset(address),
        accepted: ballot(BigInt(proposalId) - 1n, idOf(name)),
        misdirected: true,
      });
    }
    const [proposalId = "", address = ""] = rest;
    const of = ballot(BigInt(proposalId), idOf(name));
    return kind === "proposal"
      ? proposal(typeName, of, this.#offset(address))
      : preparation(typeName, of);
  }

  #offset(address: string): number | undefined {
    const bytes = parseIp(address);
    return bytes === undefined ? undefined : this.#space.offsetOf(bytes);
  }

  #write(text: string): void {
    this.lines.push(`${String(Math.round(this.#nowMs)).padStart(6)}  ${text}`);
  }
}

function dueMs({ deadlineMs }: AddressAgreement): number {
  return deadlineMs ?? Number.POSITIVE_INFINITY;
}

/** A node is called by a letter, and its instance id is the letter's code. */
function idOf(name: string): bigint {
  return BigInt(name.charCodeAt(0));
}

function nameOf(instanceId: bigint): string {
  return instanceId === 0n ? "nobody" : String.fromCharCode(Number(instanceId));
}

function links(name: string, rest: readonly string[]): string[] {
  const [arrow, other = arrow] = rest;
  return arrow === "->" ? [`${name}${other}`] : [`${name}${other}`, `${other}${name}`];
}

/** Chance that is always the same: the high bits of a linear congruential generator (Numerical Recipes). */
function randomFrom(name: string): () => number {
  let state = name.charCodeAt(0);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
