/**
 * G5, continuity: a move loses, doubles or reorders nothing between a sender and a receiver that stay
 * in each other's view.
 *
 * It is checked from a moment on at which both hold the same record, send and listen where it says,
 * and hear each other, and as long as they do hear each other.
 */
import type { AgreementOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost, Running } from "../agreement-host.ts";
import type { Sending } from "../data-plane.ts";
import { type Checker, Violation } from "./checker.ts";

/** The numbers that a receiver is to get: from `first` on, and `next` now. */
interface Watch {
  readonly first: number;
  next: number;
}

export class ContinuityChecker implements Checker {
  readonly name = "G5 continuity";
  checkedCount = 0;
  /** Moves of a sender, counted for each receiver that was watched. */
  moveCount = 0;
  /** Of each sending the receivers that are watched. */
  readonly #watched = new Map<Sending, Map<Running, Watch>>();

  /** `number` is about to be sent, and `receiver` listens to the type. */
  dataSent(sending: Sending, receiver: Running, number: number): void {
    let receivers = this.#watched.get(sending);
    if (receivers === undefined) {
      receivers = new Map();
      this.#watched.set(sending, receivers);
    }
    if (!receivers.has(receiver) && isSettled(sending, receiver)) {
      receivers.set(receiver, { first: number, next: number });
    }
  }

  dataDelivered(sending: Sending, receiver: Running, number: number): void {
    const watch = this.#watched.get(sending)?.get(receiver);
    // What was sent before nobody answers for.
    if (watch === undefined || number < watch.first) return;
    this.checkedCount += 1;
    if (number !== watch.next) {
      this.#fail(sending, receiver, `gets ${number} where ${watch.next} is next`);
    }
    watch.next += 1;
  }

  put(host: AgreementHost, output: AgreementOutput): void {
    const { running } = host;
    if (running === undefined || output.kind !== "view") return;
    for (const [{ sender }, receivers] of this.#watched) {
      for (const receiver of receivers.keys()) {
        if (sender !== running && receiver !== running) continue;
        if (!hearEachOther(sender, receiver)) receivers.delete(receiver);
      }
    }
  }

  /** The sender goes on at another address. */
  moved(sending: Sending): void {
    this.moveCount += this.#watched.get(sending)?.size ?? 0;
  }

  /** The sender has stopped. */
  interrupted(running: Running, typeName: string): void {
    for (const [sending, receivers] of this.#watched) {
      if (sending.sender === running && sending.typeName === typeName) receivers.clear();
    }
  }

  /** The receiver listens no more. */
  left(running: Running, typeName: string): void {
    for (const [sending, receivers] of this.#watched) {
      if (sending.typeName === typeName) receivers.delete(running);
    }
  }

  /** Nothing has been sent for long. */
  ended(): void {
    for (const [sending, receivers] of this.#watched) {
      for (const [receiver, { next }] of receivers) {
        if (next === sending.next) continue;
        this.#fail(sending, receiver, `never gets ${next} to ${sending.next - 1}`);
      }
    }
  }

  #fail({ sender, typeName }: Sending, receiver: Running, what: string): never {
    throw new Violation(
      this.name,
      `${receiver.instanceId}, which listens to ${typeName} of ${sender.instanceId}, ${what}`,
    );
  }
}

function isSettled({ sender, typeName }: Sending, receiver: Running): boolean {
  if (!hearEachOther(sender, receiver)) return false;
  const sent = sender.agreement.record(typeName);
  const heard = receiver.agreement.record(typeName);
  if (sent === undefined || sent.address !== heard?.address || sent.epoch !== heard.epoch) {
    return false;
  }
  const { send = [] } = sender.routes.get(typeName) ?? {};
  const { listen = [] } = receiver.routes.get(typeName) ?? {};
  return send.length === 1 && send[0] === sent.address && listen.includes(sent.address);
}

function hearEachOther(left: Running, right: Running): boolean {
  return left.voters.includes(right.instanceId) && right.voters.includes(left.instanceId);
}
