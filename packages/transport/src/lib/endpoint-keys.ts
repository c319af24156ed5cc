import net from 'node:net';

/**
 * An address and port as Linux writes them in `/proc/net/tcp` and `tcp6`: each 32-bit word in the machine's byte order.
 * An IPv4 address has two keys, the second as a dual-stack socket shows it. An IPv6 address has only the second; the
 * first is `''`.
 */
export function endpointKeys(address: string, port: number): readonly [ipv4: string, ipv6: string] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  if (net.isIPv4(address)) {
    const word = toWord(address.split('.').map(Number));
    return [word + end, `0000000000000000FFFF0000${word}${end}`];
  }
  const octets = ipv6Octets(address.split('%')[0]!);
  return ['', [0, 4, 8, 12].map((start) => toWord(octets.slice(start, start + 4))).join('') + end];
}

function ipv6Octets(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  return [...front, ...new Array<number>(Math.max(0, 16 - front.length - back.length)).fill(0), ...back];
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/**
 * Assumes little-endian, which holds for every Linux platform of Node except s390x; there no entry is found, which does
 * no harm.
 */
function toWord(octets: readonly number[]): string {
  return [...octets]
    .reverse()
    .map((octet) => octet.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
