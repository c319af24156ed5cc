/** A name and a password. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** More than anybody types; hashing takes time for each byte. */
const maxBytes = 1024;

const pattern = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Parses what follows `Basic ` in `Authorization` (RFC 7617 §2): UTF-8, or latin1 if it is not UTF-8, since old clients
 * send that. `null` if it is not valid: no base64, no colon, a control character, no name, too long.
 */
export function parseBasic(encoded: string): Credentials | null {
  if (encoded.length > (maxBytes * 4) / 3 || !pattern.test(encoded)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  const utf8 = bytes.toString('utf8');
  const text = utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8;
  const colon = text.indexOf(':');
  if (colon <= 0 || hasControl(text)) return null;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
