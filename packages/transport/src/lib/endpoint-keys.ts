import net from 'node:net';

/**
 * An address and port as Linux writes them in `/proc/net/tcp` and `tcp6`: each 32 bits in the byte order of the machine. An IPv4 address has two
 * spellings, the second as a dual-stack socket shows it; an IPv6 address has one, in second place. `''` stands for none.
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

/** Little-endian, as every machine that Node runs on with Linux but s390x: there nothing is found, which is no harm. */
function toWord(octets: readonly number[]): string {
  return [...octets]
    .reverse()
    .map((octet) => octet.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
