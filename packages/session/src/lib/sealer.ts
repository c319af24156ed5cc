import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts texts so that only who has a key can read or change them: AES-256-GCM, with a random nonce. */
export class Sealer {
  private readonly keys: readonly Buffer[];
  private readonly purpose: Buffer;

  /**
   * @param secrets the first one encrypts, all of them decrypt
   * @param purpose what is sealed for one purpose cannot be opened for another
   */
  constructor(secrets: readonly string[], purpose: string) {
    this.keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', `windhover ${purpose}`, 32)));
    this.purpose = Buffer.from(purpose);
  }

  seal(text: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.keys[0]!, iv).setAAD(this.purpose);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(version), iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Returns the text and whether the first key has opened it; `null` if it is not of ours or was changed. */
  open(sealed: string): { readonly text: string; readonly isCurrent: boolean } | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= 1 + ivBytes + tagBytes || bytes[0] !== version) return null;
    for (const [index, key] of this.keys.entries()) {
      const text = this.openWith(key, bytes);
      if (text !== null) return { text, isCurrent: index === 0 };
    }
    return null;
  }

  private openWith(key: Buffer, bytes: Buffer): string | null {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(this.purpose).setAuthTag(bytes.subarray(-tagBytes));
    try {
      return decipher.update(bytes.subarray(1 + ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return null;
    }
  }
}
