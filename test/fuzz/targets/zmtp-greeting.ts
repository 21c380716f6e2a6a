import { GreetingReader } from "../../../src/protocol/zmtp/greeting.ts";
import { streamTarget } from "../stream-target.ts";
import { asciiTokens, type FuzzTarget, hexTokens } from "../target.ts";

export const greeting: FuzzTarget = streamTarget({
  dictionary: [
    ...hexTokens(
      "ff00000000000000017f",
      "ff00000000000000007f",
      "0300",
      "0301",
      "0401",
      "00",
      "01",
    ),
    ...asciiTokens("NULL", "PLAIN", "CURVE"),
  ],
  open(note) {
    const reader = new GreetingReader();
    let takenCount = 0;
    return {
      push(piece) {
        if (reader.complete) return;
        takenCount += reader.push(piece);
        if (!reader.complete) return;
        reader.checkMechanism("NULL");
        note(`revision ${reader.revision}`);
      },
      end: () =>
        note(`${takenCount} bytes taken, begun: ${reader.begun}, complete: ${reader.complete}`),
    };
  },
});
