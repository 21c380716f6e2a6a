import {
  type ImpulseIdFields,
  impulseIdByteCount,
  noImpulseId,
  readImpulseId,
  writeImpulseId,
} from "../../../src/protocol/impulse-id-frame.ts";
import { Span } from "../../../src/protocol/span.ts";
import { messageTarget } from "../message-target.ts";
import type { FuzzTarget } from "../target.ts";

export const impulseId: FuzzTarget = messageTarget<ImpulseIdFields>({
  dictionary: [],
  hasOneForm: true,
  decode(body) {
    const id = noImpulseId();
    readImpulseId(Span.of(body), id);
    return id;
  },
  encode(id) {
    const body = new Uint8Array(impulseIdByteCount);
    writeImpulseId(body, 0, id);
    return body;
  },
});
