/** A protocol of your own under faults: nodes that tell each other the greatest number they know. */
import { type Machine, SimNetwork } from "plexo/testing";

class Greatest implements Machine<number, number> {
  value: number;
  deadlineMs: number;
  #told: number[] = [];

  constructor(value: number, nowMs: number) {
    this.value = value;
    this.deadlineMs = nowMs + 1_000;
  }

  receive(value: number): void {
    this.value = Math.max(this.value, value);
  }

  wake(nowMs: number): void {
    if (nowMs < this.deadlineMs) return;
    this.deadlineMs += 1_000;
    this.#told.push(this.value);
  }

  drain(): number[] {
    return this.#told.splice(0);
  }
}

const network = new SimNetwork<number, number>({
  seed: 42,
  faults: { loss: 0.3, delayMinMs: 1, delayMaxMs: 20 },
  perform: (node, value) => node.broadcast(value),
});

const machines = [3, 9, 5].map((value) => {
  const node = network.addNode({ clockOffsetMs: value * 3_600_000 });
  const machine = new Greatest(value, node.nowMs);
  node.start(machine);
  return machine;
});
const [first, second, third] = network.nodes;
if (first === undefined || second === undefined || third === undefined) process.exit(1);

network.split([first, third], [second]);
network.at(30_000, () => network.merge());

network.run(29_000);
console.log(`apart: ${machines.map(({ value }) => value).join(" ")}`);
network.run(60_000);
console.log(`together: ${machines.map(({ value }) => value).join(" ")}`);
