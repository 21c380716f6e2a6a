/** Scenes in which one way leads between any two plexuses. */
import { checkSame } from "../check-same.ts";
import { checkKinds, checkTimes, type InteropScene, tell, textsOf } from "./scene.ts";

const count = 100;

const published: InteropScene = {
  what: "pub/sub, ours and the original each the publisher of the other: each message once, none back",
  needs: ["original"],
  play: async (stage) => {
    const [near, far] = await stage.pubsub();
    const [ours, original] = [
      await stage.plexus("ours", near),
      await stage.plexus("original", far),
    ];
    await stage.joined();
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
    checkKinds(ours, []);
  },
};

const misguarded: InteropScene = {
  what: "the same with echoGuardMs, though nothing comes back: what the original sends is taken for echoes",
  needs: ["original"],
  play: async (stage) => {
    const [near, far] = await stage.pubsub();
    const ours = await stage.plexus("ours", { ...near, echoGuardMs: 10_000 });
    const original = await stage.plexus("original", far);
    await stage.joined();
    tell(ours, ["20.0", "20.0", "20.0"]);
    await stage.quiet();
    tell(original, ["20.0", "20.0", "20.0", "20.0", "20.0"]);
    await stage.quiet();
    checkTimes("the original", original, [[["20.0"], 3 + 5]]);
    // Each copy that was sent takes one of these with it.
    checkTimes("ours", ours, [[["20.0"], 3 + 5 - 3]]);
    checkKinds(ours, ["dropped echo"]);
  },
};

const bridged: InteropScene = {
  what: "ours between two originals: each message once, in order, whichever sends it",
  needs: ["original"],
  play: async (stage) => {
    const [left, right] = [await stage.pair(), await stage.pubsub()];
    const middle = await stage.plexus("ours", left[0], right[0]);
    const ends = [
      await stage.plexus("original", left[1]),
      await stage.plexus("original", right[1]),
    ] as const;
    await stage.joined();
    const texts = [textsOf("of the left", count), textsOf("of the right", count)] as const;
    for (const [index, end] of ends.entries()) {
      tell(end, texts[index] ?? []);
      await stage.quiet();
    }
    for (const [index, program] of [...ends, middle].entries()) {
      const who = ["the left", "the right", "ours"][index] ?? "";
      checkSame(`messages at ${who}`, program.values, texts.flat());
    }
    checkKinds(middle, []);
  },
};

const doubled: InteropScene = {
  what: "the original between two of ours: what it sends twice arrives twice, in order",
  needs: ["original"],
  play: async (stage) => {
    const [left, right] = [await stage.pair(), await stage.pubsub()];
    await stage.plexus("original", left[0], right[0]);
    const [one, other] = [
      await stage.plexus("ours", left[1]),
      await stage.plexus("ours", right[1]),
    ];
    await stage.joined();
    const [there, back] = [textsOf("of the left", count), textsOf("of the right", count)];
    tell(one, there);
    await stage.quiet();
    tell(other, back);
    await stage.quiet();
    const twice = (texts: readonly string[]): string[] => texts.flatMap((text) => [text, text]);
    checkSame("messages at the left", one.values, [...there, ...twice(back)]);
    checkSame("messages at the right", other.values, [...twice(there), ...back]);
    for (const program of [one, other]) checkKinds(program, []);
  },
};

export const oneWayEach: readonly InteropScene[] = [published, misguarded, bridged, doubled];
