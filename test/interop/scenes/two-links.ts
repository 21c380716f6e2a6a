/** Scenes in which a pair and pub/sub join a plexus of ours and one of the original. */
import type { Program } from "../program.ts";
import { checkKinds, checkTimes, type InteropScene, tell, textsOf } from "./scene.ts";
import type { Stage } from "./stage.ts";

const count = 100;
const stormMsMax = 2_000;
/** Of more at once, the copies that wait at the original when forwarding pauses may take longer. */
const boundedCountMax = 100;

/** The options of our two ends: of the pair, and of pub/sub. */
type Options = readonly [object, object];

const names = ["ours", "original"] as const;
type Ends = Readonly<Record<(typeof names)[number], Program>>;

async function open(stage: Stage, [ofPair, ofPubSub]: Options): Promise<Ends> {
  const [pair, pubsub] = [await stage.pair(), await stage.pubsub()];
  const ours = await stage.plexus("ours", { ...pair[0], ...ofPair }, { ...pubsub[0], ...ofPubSub });
  const original = await stage.plexus("original", pair[1], pubsub[1]);
  await stage.joined();
  return { ours, original };
}

const labelled: InteropScene = {
  what:
    "two links, one segment here: no storm; what ours sends arrives once, and comes back twice, as " +
    "the original sends it; what the original sends arrives by both links",
  needs: ["original"],
  play: async (stage) => {
    const lan = { segment: "lan" };
    const { ours, original } = await open(stage, [lan, lan]);
    const [here, there] = [textsOf("of ours", count), textsOf("of the original", count)];
    tell(ours, here);
    tell(original, there);
    await stage.quiet();
    checkTimes("the original", original, [
      [here, 1],
      [there, 1],
    ]);
    checkTimes("ours", ours, [
      [here, 1 + 2],
      [there, 2],
    ]);
    checkKinds(ours, []);
  },
};

const guarded: InteropScene = {
  what: "the same with echoGuardMs: one of the two that come back is taken for an echo",
  needs: ["original"],
  play: async (stage) => {
    const lan = { segment: "lan", echoGuardMs: 10_000 };
    const { ours, original } = await open(stage, [lan, lan]);
    const here = textsOf("of ours", count);
    tell(ours, here);
    await stage.quiet();
    checkTimes("the original", original, [[here, 1]]);
    checkTimes("ours", ours, [[here, 1 + 1]]);
    checkKinds(ours, ["dropped echo"]);
  },
};

const incapable: InteropScene = {
  what: "two links, of which ours does not take the type by one: transmit succeeds, each message once",
  needs: ["original"],
  play: async (stage) => {
    const picky = { ignored: ["dev.plexo.test.Foo.*"] };
    const { ours, original } = await open(stage, [picky, {}]);
    const [here, there] = [textsOf("of ours", count), textsOf("of the original", count)];
    tell(ours, here);
    tell(original, there);
    await stage.quiet();
    for (const [who, program] of Object.entries({ ours, original })) {
      checkTimes(who, program, [
        [here, 1],
        [there, 1],
      ]);
    }
    // What the original sends by the other link, too.
    checkKinds(ours, ["dropped unclaimed"]);
  },
};

const oneSided: InteropScene = {
  what:
    "two links, no segment, one message from a publisher that only ours hears: a storm whose copies " +
    "all come by pub/sub, which ours only tells of",
  needs: ["original"],
  play: async (stage) => {
    const pair = await stage.pair();
    const [near, far, alone] = await stage.pubsubWithThird();
    const ours = await stage.plexus("ours", pair[0], near);
    await stage.plexus("original", pair[1], far);
    const third = await stage.plexus("original", alone);
    await stage.joined();
    tell(third, ["ale"]);
    await ours.reported("loop-suspected");
    checkKinds(ours, ["loop-suspected"]);
  },
};

/** @param sender Who sends the messages that start the storm. */
function storm(sender: keyof Ends, texts: readonly string[]): InteropScene {
  const what = texts.length === 1 ? "one message" : `${texts.length} messages`;
  return {
    what: `two links, no segment, ${what} from ${sender}: a storm, that ours ends, and tells of`,
    needs: ["original"],
    play: async (stage) => {
      const ends = await open(stage, [{}, {}]);
      const startedMs = performance.now();
      tell(ends[sender], texts);
      await ends.ours.reported("forwarding-paused");
      const pausedMs = performance.now() - startedMs;
      await stage.quiet();
      const stormMs = stage.lastArrivalMs - startedMs;
      if (texts.length <= boundedCountMax && stormMs > stormMsMax) {
        throw new Error(`the storm lasted ${stormMs} ms, and at most ${stormMsMax} are allowed`);
      }
      checkToldOf(ends.ours);
      const copies = [ends.ours, ends.original].map(({ values }) => values.length);
      await checkRepeats(stage, ends);
      const [paused, over] = [pausedMs, stormMs].map(Math.round);
      return `paused after ${paused} ms, over after ${over} ms, heard ${copies.join(" and ")} times`;
    },
  };
}

/** The incident names both ganglia. */
function checkToldOf({ incidents }: Program): void {
  const paused = incidents.find(({ kind }) => kind === "forwarding-paused");
  if (["pair://", "pubsub://"].every((name) => paused?.message.includes(name))) return;
  throw new Error(`not both ganglia are named in: ${paused?.message}`);
}

/** What is sent again and again arrives as often, storm or not. */
async function checkRepeats(stage: Stage, ends: Ends): Promise<void> {
  for (const sender of names) {
    const text = `20.0 of ${sender}`;
    tell(ends[sender], [text, text, text, text, text]);
    await stage.quiet();
    for (const who of names) {
      const times = ends[who].values.filter((value) => value === text).length;
      if (times < 5) throw new Error(`${times} of 5 equal messages of ${sender} at ${who}`);
    }
  }
}

export const twoLinks: readonly InteropScene[] = [
  labelled,
  guarded,
  incapable,
  oneSided,
  storm("ours", ["ale"]),
  storm("original", ["ale"]),
  storm("ours", textsOf("of ours", 100)),
  storm("original", textsOf("of the original", 100)),
  storm("ours", textsOf("of ours", 1_000)),
  storm("original", textsOf("of the original", 1_000)),
];
