/** A vitest reporter that ends a run by saying what was not tested, and how to test it. */

/** @type {import("vitest/node").Reporter} */
export const leftOut = {
  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    for (const test of skipped) {
      const result = test.result();
      const note = result.state === "skipped" ? result.note : undefined;
      console.log(`left out: ${test.fullName}${note === undefined ? "" : ` (${note})`}`);
    }
    console.log(
      "left out: interop with foreign peers (npm run interop), speed (npm run bench), " +
        "memory in the long run (npm run soak)\n",
    );
  },
};
