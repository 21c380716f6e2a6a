/**
 * The rules that every ganglion keeps, as a list of cases that knows no test runner:
 *
 *     for (const { name, run } of ganglionCasesFor(capabilities)) {
 *       test(name, async () => {
 *         const world = await makeWorld();
 *         try {
 *           await run(world);
 *         } finally {
 *           await world.close();
 *         }
 *       });
 *     }
 */
import type { Capabilities, GanglionCase } from "./ganglion/case.ts";
import { deliveryCases } from "./ganglion/delivery-cases.ts";
import { failureCases } from "./ganglion/failure-cases.ts";
import { lifeCases } from "./ganglion/life-cases.ts";
import { readinessCases } from "./ganglion/readiness-cases.ts";
import { slowReactantCases } from "./ganglion/slow-reactant-cases.ts";
import { subscriptionCases } from "./ganglion/subscription-cases.ts";

export type { Capabilities, GanglionCase, GanglionWorld } from "./ganglion/case.ts";

/** All cases of the suite; `ganglionCasesFor` picks those that a ganglion has to pass. */
export const ganglionCases: readonly GanglionCase[] = [
  ...deliveryCases,
  ...subscriptionCases,
  ...failureCases,
  ...slowReactantCases,
  ...readinessCases,
  ...lifeCases,
];

/** Those that a ganglion with these capabilities has to pass. */
export function ganglionCasesFor(capabilities: Capabilities): GanglionCase[] {
  return ganglionCases.filter(
    ({ needs, lacks }) =>
      (needs === undefined || capabilities[needs]) && (lacks === undefined || !capabilities[lacks]),
  );
}
