/** World: runs one schedule: its nodes, what happens to them, and the checkers that watch. */
import { AddressSpace, reservedCount } from "../../src/protocol/consensus/address-space.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";
import { Random } from "../../src/testing/random.ts";
import { SimNetwork } from "../../src/testing/sim-network.ts";
import { AgreementHost, type Place } from "./agreement-host.ts";
import { AgreementChecker } from "./checkers/agreement.ts";
import { BoundsChecker } from "./checkers/bounds.ts";
import { type Checker, Violation } from "./checkers/checker.ts";
import { ContinuityChecker } from "./checkers/continuity.ts";
import { convergenceMsMax, convergenceProblem } from "./checkers/convergence.ts";
import { LivenessChecker } from "./checkers/liveness.ts";
import { PromisesChecker } from "./checkers/promises.ts";
import { StartTimes } from "./checkers/start-times.ts";
import { ValidityChecker } from "./checkers/validity.ts";
import { DataPlane } from "./data-plane.ts";
import { forgedIntervalMsMax, forgedMessage } from "./forger.ts";
import { LegacyNode } from "./legacy-node.ts";
import type { Happening, Schedule } from "./schedule.ts";
import { describeEvent, describeOutput } from "./trace.ts";

/** A run that has not converged in time goes on for so many times as long where messages are lost. */
const patience = 6;

/** Data are sent until so long before the end, so that all have arrived by then. */
const dataRestMs = 3_500;

/** By the clocks of pyplexo's nodes, at the start of a run. */
const epochMs = 1_800_000_000_000;

/** What came of a run in which nothing was violated. */
export interface Outcome {
  readonly conditionHeld: boolean;
  readonly rivalCount: number;
  readonly deliveredCount: number;
  /** Nobody converged in time, but all did later: where messages are lost, or pyplexo takes part. */
  readonly isLate: boolean;
  readonly mayBeLate: boolean;
  /** How long nodes took from their start to an address, where that is measured. */
  readonly startMs: readonly number[];
  readonly moveCount: number;
  /** How often each guarantee was checked. */
  readonly checkedCounts: Readonly<Record<string, number>>;
  readonly perInputMost: number;
  readonly inSecondMost: number;
}

export class World {
  readonly #schedule: Schedule;
  readonly #space: AddressSpace;
  readonly #network: SimNetwork<ControlMessage, AgreementOutput>;
  readonly #random: Random;
  readonly #hosts: AgreementHost[] = [];
  /** By the node's index in the network: what stands behind it. */
  readonly #hostAt: (AgreementHost | undefined)[] = [];
  readonly #legacyAt: (LegacyNode | undefined)[] = [];
  readonly #forger: Place | undefined;
  readonly #data: DataPlane | undefined;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #agreement = new AgreementChecker();
  readonly #continuity = new ContinuityChecker();
  readonly #startTimes = new StartTimes();
  readonly #bounds: BoundsChecker;
  readonly #checkers: readonly Checker[];
  #dataEndsMs = Number.POSITIVE_INFINITY;
  #convergenceChecks = 0;
  /** Of messages of this kind such a share is lost. */
  readonly #hushed = new Map<ControlMessage["kind"], number>();

  /** @param trace Takes a line for everything that happens. */
  constructor(schedule: Schedule, trace?: (line: string) => void) {
    this.#schedule = schedule;
    this.#trace = trace;
    this.#space = spaceOf(schedule);
    this.#network = new SimNetwork({
      seed: schedule.seed,
      faults: schedule.chaosFaults,
      perform: (place, output) => this.#perform(place, output),
    });
    this.#random = new Random(this.#network.random.uint32());
    for (const plan of schedule.nodes) this.#addNode(plan);
    if (schedule.kind === "flood") this.#forger = this.#network.addNode({ name: "forger" });
    this.#bounds = new BoundsChecker({
      space: this.#space,
      isFlooded: schedule.kind === "flood",
      typeCount: schedule.typeNames.length,
      inputSerial: () => this.#network.stepCount,
    });
    this.#checkers = this.#checkersFor(schedule);
    this.#data = schedule.dataTypes.length > 0 ? this.#dataPlane() : undefined;
    if (trace !== undefined) this.#network.tap((event) => trace(describeEvent(event)));
  }

  /** @throws {Violation} of the first guarantee that is not kept. */
  run(): Outcome {
    const { schedule, network } = { schedule: this.#schedule, network: this.#network };
    for (const happening of schedule.happenings) {
      network.at(happening.atMs, () => this.#let(happening));
    }
    if (this.#data !== undefined) this.#sendData(this.#data);
    network.run(schedule.chaosMs);
    const isLate = this.#calmDown();
    for (const checker of this.#checkers) checker.ended?.(network.nowMs);
    return this.#outcome(isLate);
  }

  /** Lets it become quiet, and waits until all agree. @returns whether that took too long. */
  #calmDown(): boolean {
    const network = this.#network;
    network.merge();
    this.#hushed.clear();
    for (const host of this.#hosts) host.expectNothing();
    network.setFaults(this.#schedule.quietFaults);
    this.#say("--- it becomes quiet");
    // What is still under way from before may be from nodes that are gone.
    network.run(Math.max(network.nowMs, network.lastArrivalMs));
    const quietMs = network.nowMs;
    const takesMs = convergenceMsMax([
      ...this.#schedule.nodes.map(({ intervalMs }) => intervalMs),
      // Nodes that there are not have to be given up as well.
      this.#forger === undefined ? 0 : forgedIntervalMsMax,
    ]);
    this.#dataEndsMs = quietMs + takesMs - dataRestMs;
    network.run(quietMs + takesMs);
    this.#convergenceChecks += 1;
    let problem = this.#convergenceProblem();
    if (problem === undefined) return false;
    if (!this.#mayBeLate())
      throw new Violation("G4 convergence", `${problem}, ${takesMs} ms after it became quiet`);
    for (let waits = 1; waits <= patience && problem !== undefined; waits += 1) {
      network.run(network.nowMs + takesMs);
      problem = this.#convergenceProblem();
    }
    if (problem === undefined) return true;
    throw new Violation(
      "G4 convergence",
      `${problem}, ${takesMs * (1 + patience)} ms after it became quiet`,
    );
  }

  #convergenceProblem(): string | undefined {
    return convergenceProblem(this.#hosts, new Set(this.#schedule.typeNames));
  }

  #mayBeLate(): boolean {
    return this.#schedule.quietFaults.loss > 0 || this.#legacyAt.some((node) => node !== undefined);
  }

  #outcome(isLate: boolean): Outcome {
    const counts = this.#checkers.map(({ name, checkedCount }) => [name, checkedCount] as const);
    return {
      conditionHeld: this.#agreement.conditionHeld,
      rivalCount: this.#agreement.rivalCount,
      deliveredCount: this.#network.deliveredCount,
      isLate,
      mayBeLate: this.#mayBeLate(),
      startMs: this.#startTimes.tookMs,
      moveCount: this.#continuity.moveCount,
      checkedCounts: Object.fromEntries([
        ...counts,
        ["G4 convergence", this.#convergenceChecks] as const,
      ]),
      perInputMost: this.#bounds.perInputMost,
      inSecondMost: this.#bounds.inSecondMost,
    };
  }

  #checkersFor({ kind }: Schedule): Checker[] {
    const checkers: Checker[] = [
      this.#agreement,
      new PromisesChecker(),
      new ValidityChecker(this.#space),
      this.#continuity,
      this.#bounds,
    ];
    if (kind === "calm") checkers.push(new LivenessChecker());
    if (kind === "start") checkers.push(this.#startTimes);
    return checkers;
  }

  #addNode(plan: Schedule["nodes"][number]): void {
    const { clockOffsetMs, hearsItself, kind } = plan;
    const name = `${kind === "legacy" ? "legacy" : "node"} ${this.#network.nodes.length}`;
    const place = this.#network.addNode({ name, clockOffsetMs, hearsItself });
    if (kind === "legacy") return;
    const host = new AgreementHost({
      plan,
      place,
      space: this.#space,
      random: this.#random,
      isFlooded: this.#schedule.kind === "flood",
    });
    this.#hosts.push(host);
    this.#hostAt[place.index] = host;
  }

  #dataPlane(): DataPlane {
    return new DataPlane({
      hosts: this.#hosts,
      typeNames: this.#schedule.dataTypes,
      delayMaxMs: this.#schedule.dataDelayMaxMs,
      random: this.#random,
      checker: this.#continuity,
      nowMs: () => this.#network.nowMs,
      at: (atMs, action) => this.#network.at(atMs, action),
    });
  }

  #sendData(data: DataPlane): void {
    const network = this.#network;
    if (network.nowMs > this.#dataEndsMs) return;
    data.sendAll();
    network.at(network.nowMs + this.#schedule.dataEveryMs, () => this.#sendData(data));
  }

  #let(happening: Happening): void {
    if (this.#trace !== undefined) this.#say(`    ${JSON.stringify(happening)}`);
    const network = this.#network;
    switch (happening.kind) {
      case "split":
        network.split(
          ...happening.groups.map((group) => group.flatMap((node) => this.#place(node))),
        );
        return;
      case "merge":
        network.merge();
        return;
      case "cut":
        network.cut(this.#place(happening.from), this.#place(happening.to));
        return;
      case "mend":
        network.mend(this.#place(happening.from), this.#place(happening.to));
        return;
      case "faults":
        network.setFaults(happening.faults);
        return;
      case "hush":
        this.#hushed.set(happening.messages, happening.share);
        return;
      case "forge":
        this.#forge(happening.count);
        return;
      case "start":
      case "crash":
      case "isolate":
      case "close":
      case "use":
      case "release":
        this.#letNode(happening);
        return;
      default:
        happening satisfies never;
    }
  }

  #letNode(happening: Extract<Happening, { readonly node: number }>): void {
    const host = this.#hostAt[happening.node];
    if (host === undefined) {
      this.#letLegacy(happening);
      return;
    }
    const { nowMs } = this.#network;
    switch (happening.kind) {
      case "start":
        host.start(nowMs);
        for (const checker of this.#checkers) checker.started?.(host, nowMs);
        return;
      case "crash":
        host.when(happening.moment, () => host.crash());
        return;
      case "isolate":
        host.when(happening.moment, () => this.#isolate(host.place));
        return;
      case "close":
        host.close();
        return;
      case "use": {
        const { typeName, sends, listens } = happening;
        for (const checker of this.#checkers) checker.used?.(host, typeName, nowMs);
        host.use(typeName, { sends, listens });
        return;
      }
      case "release":
        host.release(happening.typeName);
        return;
      default:
        happening satisfies never;
    }
  }

  #letLegacy(happening: Extract<Happening, { readonly node: number }>): void {
    const place = this.#place(happening.node);
    const node = this.#legacyAt[place.index];
    if (happening.kind === "start") this.#startLegacy(place);
    else if (happening.kind === "use") {
      if (node !== undefined) place.act((nowMs) => node.adapt(happening.typeName, nowMs));
    } else if (happening.kind === "isolate") {
      this.#isolate(place);
    } else if (happening.kind !== "release") {
      this.#legacyAt[place.index] = undefined;
      place.crash();
    }
  }

  #startLegacy(place: Place): void {
    const { intervalMs = 1_000, clockOffsetMs = 0 } = this.#schedule.nodes[place.index] ?? {};
    const node = new LegacyNode(
      {
        instanceId: this.#random.uint64() | 1n,
        space: this.#space,
        random: this.#random,
        // The node's clock is ahead by its offset already.
        epochMs: epochMs - clockOffsetMs + this.#random.below(3_600_000),
        intervalMs,
        timeoutMs: 1_000,
      },
      place.nowMs,
    );
    this.#legacyAt[place.index] = node;
    place.start(node);
  }

  #perform(place: Place, output: AgreementOutput): void {
    const { nowMs } = this.#network;
    const host = this.#hostAt[place.index];
    if (output.kind === "send") {
      for (const checker of this.#checkers) checker.sent?.(host, output.message, nowMs);
      if (!this.#isHushed(output.message)) place.broadcast(output.message);
    } else if (host !== undefined) {
      if (this.#trace !== undefined) this.#say(`${place.name} ${describeOutput(output)}`);
      this.#note(host, output);
      for (const checker of this.#checkers) checker.put?.(host, output, nowMs);
    }
    host?.hasPerformed(output);
  }

  #isHushed({ kind }: ControlMessage): boolean {
    const share = this.#hushed.get(kind) ?? 0;
    return share > 0 && this.#random.chance(share);
  }

  #isolate(place: Place): void {
    for (const other of this.#network.nodes) {
      if (other === place) continue;
      this.#network.cut(place, other);
      this.#network.cut(other, place);
    }
  }

  /** What the owner of the agreement does with what it puts out. */
  #note(host: AgreementHost, output: AgreementOutput): void {
    const { running } = host;
    if (running === undefined) return;
    if (output.kind === "record") running.records.set(output.record.typeName, output.record);
    else if (output.kind === "view") running.voters = output.voters;
    else if (output.kind === "route") {
      running.routes.set(output.typeName, output);
      this.#data?.route(host, output);
    }
  }

  #forge(count: number): void {
    for (let forged = 0; forged < count; forged += 1) {
      const message = forgedMessage(this.#random, this.#space);
      for (const checker of this.#checkers) checker.sent?.(undefined, message, this.#network.nowMs);
      this.#forger?.broadcast(message);
    }
  }

  #place(node: number): Place {
    const place = this.#network.nodes[node];
    if (place === undefined) throw new RangeError(`there is no node ${node}`);
    return place;
  }

  #say(line: string): void {
    this.#trace?.(`${this.#network.nowMs.toFixed(3).padStart(10)} ${line}`);
  }
}

const spaces = new Map<string, AddressSpace>();

/** Spaces are the same for many schedules, and take long to make. */
function spaceOf({ network, addressesMax }: Schedule): AddressSpace {
  const key = `${network} ${addressesMax}`;
  let space = spaces.get(key);
  if (space === undefined) {
    const whole = new AddressSpace(network);
    const skipped: string[] = [];
    for (let offset = reservedCount + addressesMax; offset < whole.size; offset += 1) {
      skipped.push(whole.textAt(offset));
    }
    space = new AddressSpace(network, skipped);
    spaces.set(key, space);
  }
  return space;
}
