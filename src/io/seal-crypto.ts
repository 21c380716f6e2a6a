/** Seal crypto: the platform's ciphers, as sealed packets need them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { SealCrypto } from "../protocol/epgm/sealed-packet.ts";

const cipher = "chacha20-poly1305";
const tagBytes = 16;
const keyBytes = 32;

/** HKDF's salt: what the keys are for. */
const salt = "plexo epgm group key 1";

/** @param groupKey What all members of the group share: at least 32 random bytes. */
export function sealCryptoOf(groupKey: Uint8Array): SealCrypto {
  return {
    deriveKey: (tsi) => new Uint8Array(hkdfSync("sha256", groupKey, salt, tsi, keyBytes)),
    seal(key, nonce, clear, secret) {
      const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
      sealing.setAAD(clear, { plaintextLength: secret.length });
      const encrypted = sealing.update(secret);
      sealing.final();
      return Buffer.concat([encrypted, sealing.getAuthTag()]);
    },
    open(key, nonce, clear, sealed) {
      const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes });
      const tagAt = sealed.length - tagBytes;
      opening.setAAD(clear, { plaintextLength: tagAt });
      opening.setAuthTag(sealed.subarray(tagAt));
      const secret = opening.update(sealed.subarray(0, tagAt));
      try {
        opening.final();
      } catch {
        // The one thing that can fail here is the tag.
        return undefined;
      }
      return secret;
    },
    randomBytes: (count) => randomBytes(count),
  };
}
