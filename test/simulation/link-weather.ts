/** Link weather: how bad the links are, while there is chaos and when it is quiet. */
import type { Random } from "../../src/testing/random.ts";
import type { LinkFaults } from "../../src/testing/sim/link.ts";

export function chaosFaults(random: Random): LinkFaults {
  const delayMaxMs = random.pick([0.2, 2, 10, 50, 300]);
  return {
    loss: random.chance(0.3) ? 0 : random.between(0, random.pick([0.1, 0.3, 0.5])),
    duplication: random.chance(0.5) ? 0 : random.between(0, 0.3),
    delayMinMs: 0.1,
    delayMaxMs,
    reordering: random.chance(0.4) ? 0 : random.fraction(),
    strays: random.chance(0.85) ? 0 : random.between(0, 0.1),
    strayDelayMaxMs: random.pick([500, 2_000, 5_000, 60_000]),
  };
}

export function lossyQuiet(random: Random): LinkFaults {
  return {
    loss: random.between(0, 0.2),
    duplication: random.between(0, 0.2),
    delayMinMs: 0.1,
    delayMaxMs: random.pick([1, 10, 50]),
    reordering: random.fraction(),
    strays: 0,
    strayDelayMaxMs: 0,
  };
}
