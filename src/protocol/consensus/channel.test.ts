import { expect, test } from "vitest";
import { reservedCount } from "./address-space.ts";
import { channelOf, controlChannels } from "./channel.ts";

test("seven channels stand at the first reserved addresses, six where pyplexo 1.0.0 has them", () => {
  expect(controlChannels.map(({ kind, offset, topic }) => [offset, kind, topic])).toEqual([
    [0, "heartbeat", "dev.plexo.PlexoHeartbeat.capnp"],
    [1, "preparation", "dev.plexo.PlexoPreparation.capnp"],
    [2, "promise", "dev.plexo.PlexoPromise.capnp"],
    [3, "rejection", "dev.plexo.PlexoRejection.capnp"],
    [4, "proposal", "dev.plexo.PlexoProposal.capnp"],
    [5, "approval", "dev.plexo.PlexoApproval.capnp"],
    [6, "assignment", "dev.plexo.PlexoAssignment.capnp"],
  ]);
  expect(controlChannels.length).toBeLessThanOrEqual(reservedCount);
});

test("a kind of message has its channel", () => {
  for (const channel of controlChannels) expect(channelOf(channel.kind)).toBe(channel);
});
