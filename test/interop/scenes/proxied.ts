/** Scenes in a network that sends back what it gets: a proxy of libzmq (XSUB and XPUB). */
import { checkKinds, checkTimes, type InteropScene, tell, textsOf } from "./scene.ts";

const count = 100;
const again = Array.from({ length: 5 }, () => "20.0");

function proxied(options: object, timesHere: number, what: string): InteropScene {
  return {
    what: `two of ours by a proxy of libzmq, ${what}`,
    needs: ["pyzmq"],
    play: async (stage) => {
      const [left, right] = await stage.proxied();
      const [one, other] = [
        await stage.plexus("ours", { ...left, ...options }),
        await stage.plexus("ours", { ...right, ...options }),
      ];
      await stage.joined();
      const [there, back] = [textsOf("of the left", count), textsOf("of the right", count)];
      tell(one, [...there, ...again]);
      tell(other, back);
      await stage.quiet();
      checkTimes("the left", one, [
        [there, timesHere],
        [back, 1],
        [["20.0"], 5 * timesHere],
      ]);
      checkTimes("the right", other, [
        [there, 1],
        [back, timesHere],
        [["20.0"], 5],
      ]);
      for (const program of [one, other])
        checkKinds(program, timesHere === 1 ? ["dropped echo"] : []);
    },
  };
}

export const byProxy: readonly InteropScene[] = [
  proxied({}, 2, "each hears its own messages again"),
  proxied({ echoGuardMs: 10_000 }, 1, "with echoGuardMs: each hears each message once"),
];
