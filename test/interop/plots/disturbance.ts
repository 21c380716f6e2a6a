/** Plots in which something comes between the Foos that is none. */
import { checkSame } from "../check-same.ts";
import { type Setting, takesPart } from "../encounter.ts";
import {
  foosOf,
  foosOfTheOriginalOnly,
  fooTopic,
  strangerTopic,
  unreadablePayloads,
} from "../foos.ts";
import { isPlexo } from "../peer.ts";
import { checkIncidents, type Ended, talk } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const unreadable: Plot = {
  column: "garbage",
  what: "payloads that are no Foo are dropped, and reported by ours; what follows arrives",
  suits: (setting) =>
    setting.form !== "json-alias" &&
    isPlexo(setting.responder) &&
    setting.sender !== setting.responder &&
    takesPart("ours", setting),
  play: async (setting) => {
    const { form, responder } = setting;
    const payloads = [
      ...unreadablePayloads(form),
      ...(responder.name === "ours" && form !== "string" ? foosOfTheOriginalOnly : []),
    ];
    const disturbances = payloads.map((payload) => ({ payload: hexOf(payload) }));
    const ended = await disturb(setting, disturbances);
    checkIncidents(setting, ended, { responder: payloads.map(() => "dropped undecodable") });
  },
};

export const malformed: Plot = {
  column: "frames",
  what: "frames that are no message are dropped, and reported by ours; what follows arrives",
  suits: ({ form, sender, responder }) => form === "json" && !isPlexo(sender) && isPlexo(responder),
  play: async (setting) => {
    const messages = malformedMessages(setting);
    const ended = await disturb(
      setting,
      messages.map((frames) => ({ frames: frames.map(hexOf) })),
    );
    checkIncidents(setting, ended, { responder: messages.map(() => "dropped malformed") });
  },
};

/** Types that nobody reacts to: one whose topic begins as Foo's does for a while, one other. */
const strangerNames = ["Fox", "Vixen"];

/**
 * @param subscribe Of a responder of bare sockets: what the topics begin with that it subscribes to.
 *   By default it subscribes to the topic of Foo. The original subscribes to everything.
 */
function strangersOf(subscribe: string | undefined, what: string): Plot {
  return {
    column: "strangers",
    what,
    suits: (setting) =>
      setting.form === "string" &&
      setting.sender !== setting.responder &&
      (setting.transport === "pubsub" || takesPart("ours", setting)) &&
      (subscribe === undefined || (setting.transport === "pubsub" && !isPlexo(setting.responder))),
    play: async (setting) => {
      const disturbances = strangerNames.map((stranger) => ({ stranger }));
      const { responder } = await disturb(setting, disturbances, subscribe);
      // The original has no lines for what it drops.
      if (setting.responder.name === "original") return;
      const prefix = setting.transport === "pair" ? "" : (subscribe ?? fooTopic(setting.form));
      const topics = strangerNames.map(strangerTopic);
      const dropped = responder.incidents.map(({ topic }) => topic ?? "");
      checkSame(
        "types that it dropped",
        dropped.filter((topic) => topics.includes(topic)),
        topics.filter((topic) => topic.startsWith(prefix)),
      );
    },
  };
}

export const strangers: readonly Plot[] = [
  strangersOf(undefined, "messages of types that nobody reacts to disturb nothing"),
  strangersOf(
    "dev.plexo.test.Fo",
    "nor do they at a subscriber to all topics that begin like Foo's",
  ),
  strangersOf("", "nor do they at a subscriber to everything, as the original always is"),
];

/** Sends each of these, and a Foo after it. */
function disturb(
  setting: Setting,
  disturbances: readonly object[],
  subscribe?: string,
): Promise<Ended> {
  const foos = foosOf(setting.form, disturbances.length);
  const told = foos.flatMap((foo, index) => [disturbances[index] ?? {}, { foo }]);
  return talk(setting, { first: setting.binder, told, foos, subscribe });
}

const garbage = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);
const empty = new Uint8Array();

/** Nothing that ends the receive loop of the original. */
function malformedMessages({ transport, form }: Setting): readonly (readonly Uint8Array[])[] {
  if (transport === "pair") {
    return [[empty], [garbage], [garbage, garbage], [garbage.subarray(0, 3)]];
  }
  // Others would go to nobody who has not subscribed to everything.
  const topic = new TextEncoder().encode(fooTopic(form));
  return [[topic], [topic, garbage, garbage], [topic, empty, empty, empty]];
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
