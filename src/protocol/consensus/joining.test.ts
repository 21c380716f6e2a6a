import { describe, expect, test } from "vitest";
import { AgreementUnderTest } from "../../../test/support/agreement-under-test.ts";
import {
  assignment,
  ballot,
  heartbeat,
  legacyHeartbeat,
  preparation,
  record,
} from "../../../test/support/consensus-messages.ts";

function starting(): AgreementUnderTest {
  const node = new AgreementUnderTest();
  node.core.start(0);
  return node;
}

const all = { firstBucket: 0, bucketCount: 256 } as const;

describe("R2: joining", () => {
  test("R2: one who hears nobody votes after 200 ms", () => {
    const node = starting();
    node.passTo(199);
    expect(node.core.state).toBe("joining");
    node.passTo(200);
    expect([node.core.state, node.core.voters]).toEqual(["voting", [1n]]);
  });

  test("R2: among nodes without records it votes when 60 ms have brought no new face", () => {
    const node = starting();
    node.passTo(10);
    node.receive(heartbeat(2n));
    node.passTo(30);
    node.receive(heartbeat(3n));
    node.passTo(89);
    expect(node.core.state).toBe("joining");
    node.passTo(90);
    expect(node.core.voters).toEqual([1n, 2n, 3n]);
  });

  test("R2: it waits for the records of those it hears, all of them, in whatever parts", () => {
    const node = starting();
    node.passTo(10);
    node.receive(heartbeat(2n, { digest: 77n }));
    node.receive(assignment(2n, { digest: 77n, firstBucket: 0, bucketCount: 100 }));
    node.passTo(100);
    expect(node.core.state).toBe("joining");
    node.receive(assignment(2n, { digest: 77n, firstBucket: 100, bucketCount: 156 }));
    node.passTo(101);
    expect(node.core.state).toBe("voting");
  });

  test("R2: the same records of another node do as well", () => {
    const node = starting();
    node.receive(heartbeat(2n, { digest: 77n }), heartbeat(3n, { digest: 77n }));
    node.receive(assignment(3n, { digest: 77n, ...all }));
    node.passTo(60);
    expect(node.core.state).toBe("voting");
  });

  test("R2: whatever does not come, after 200 ms it votes", () => {
    const node = starting();
    node.receive(heartbeat(2n, { digest: 77n }));
    node.passTo(199);
    expect(node.core.state).toBe("joining");
    node.passTo(200);
    expect(node.core.state).toBe("voting");
  });

  test("R2: nodes of pyplexo have no records to wait for", () => {
    const node = starting();
    node.receive(legacyHeartbeat(9n));
    node.passTo(60);
    expect(node.core.state).toBe("voting");
  });

  test("R2: a joiner neither votes nor proposes, but what is decided it learns", () => {
    const node = starting();
    node.use("dev.Tea");
    node.receive(
      heartbeat(2n, { digest: 77n }),
      preparation("dev.Milk", ballot(1n, 2n)),
      assignment(2n, { records: [record("dev.Tea", 99)] }),
    );
    node.passTo(150);
    expect(node.sent("promise")).toEqual([]);
    expect(node.sent("preparation")).toEqual([]);
    expect(node.core.record("dev.Tea")?.address).toBe(99);
  });

  test("R2: a new node is answered within 30 ms with a heartbeat and all records", () => {
    const node = AgreementUnderTest.voting();
    node.receive(assignment(2n, { records: [record("dev.Tea", 99), record("dev.Milk", 98)] }));
    node.pass(500);
    node.outputs.length = 0;
    node.receive(heartbeat(3n, { voter: false, hello: true }));
    node.pass(30);
    expect(node.sent("heartbeat")).toHaveLength(1);
    expect(node.sent("assignment").flatMap(({ records }) => records)).toHaveLength(2);
    expect(node.sent("assignment")).toMatchObject([all]);
  });
});
