/**
 * The principals that a keytab has keys of, as `HTTP/www.example@EXAMPLE`, each once; `null` for anything that is no keytab. Reads no key.
 *
 * @see https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html
 */
export function keytabPrincipals(file: Uint8Array): readonly string[] | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 2 || bytes[0] !== 5 || bytes[1] !== 2) return null; // version 1, in the order of one machine, is of the 1990s
  const principals = new Set<string>();
  try {
    for (let at = 2; at < bytes.length; ) {
      const size = bytes.readInt32BE(at);
      const end = at + 4 + Math.abs(size);
      if (size === 0) break; // the rest is padding
      if (end > bytes.length) return null;
      if (size > 0) principals.add(principalAt(bytes.subarray(at + 4, end)));
      at = end;
    }
  } catch {
    return null; // an entry ends before its names do
  }
  return [...principals];
}

/** An entry: the number of names, the realm, the names; each text has its length before it. */
function principalAt(entry: Buffer): string {
  const texts: string[] = [];
  let at = 2;
  for (let left = entry.readUInt16BE(0) + 1; left > 0; left--) {
    const end = at + 2 + entry.readUInt16BE(at);
    if (end > entry.length) throw new RangeError('the entry is too short');
    texts.push(entry.toString('utf8', at + 2, end));
    at = end;
  }
  const [realm, ...names] = texts;
  return `${names.join('/')}@${realm}`;
}
