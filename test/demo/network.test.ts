import { describe, expect, test } from "vitest";
import { parseNetDev, trafficOf } from "../../demo/sensors/network.ts";

// From a virtual machine with Linux 6.18.
const netDev = `\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0: 1203390259   31117    0    0    0     0          0         0  2682702   20712    0    0    0     0       0          0
`;

describe("parseNetDev", () => {
  test("takes name, bytes received and bytes sent from each line", () => {
    expect(parseNetDev(netDev)).toEqual([
      { name: "lo", receivedBytes: 3193, sentBytes: 3193 },
      { name: "ifb0", receivedBytes: 0, sentBytes: 0 },
      { name: "eth0", receivedBytes: 1_203_390_259, sentBytes: 2_682_702 },
    ]);
  });

  test("a wide counter leaves no blank after the colon, and an alias has a colon of its own", () => {
    const line = "eth0:1:98765432101 7 0 0 0 0 0 0 4321 9 0 0 0 0 0 0\n";
    expect(parseNetDev(line)).toEqual([
      { name: "eth0:1", receivedBytes: 98_765_432_101, sentBytes: 4321 },
    ]);
  });

  test.each(["", "\n\n", "lo:", "lo: 1 2 3", "lo: a b c d e f g h i j", "1 2 3 4 5 6 7 8 9"])(
    "finds nothing in %j",
    (text) => {
      expect(parseNetDev(text)).toEqual([]);
    },
  );
});

describe("trafficOf", () => {
  const lo = { name: "lo", receivedBytes: 1_000, sentBytes: 1_000 };
  const eth0 = { name: "eth0", receivedBytes: 5_000, sentBytes: 700 };

  test("gives what all interfaces have moved, as a rate, and the busiest of them", () => {
    const after = [
      { ...lo, receivedBytes: 1_100, sentBytes: 1_100 },
      { ...eth0, receivedBytes: 5_900, sentBytes: 701 },
    ];
    expect(trafficOf([lo, eth0], after, 0.5)).toEqual({
      receivedBytes: 7_000,
      sentBytes: 1_801,
      receivedBytesPerSecond: 2_000,
      sentBytesPerSecond: 202,
      busiest: "eth0",
    });
  });

  test("an interface that is new counts from its first reading on", () => {
    const { receivedBytesPerSecond } = trafficOf([lo], [lo, eth0], 1);
    expect(receivedBytesPerSecond).toBe(0);
  });

  test("counters that went back, as after a reset, are no traffic", () => {
    const after = [{ ...eth0, receivedBytes: 10, sentBytes: 10 }];
    expect(trafficOf([eth0], after, 1)).toMatchObject({
      receivedBytesPerSecond: 0,
      sentBytesPerSecond: 0,
    });
  });

  test("a machine without interfaces has no traffic", () => {
    expect(trafficOf([], [], 1)).toMatchObject({ receivedBytesPerSecond: 0, busiest: "" });
  });
});
