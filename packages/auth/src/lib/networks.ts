import { BlockList, isIP } from 'node:net';
import { optionError } from './errors.ts';

/** Whether an address is in one of the networks. Not for `''`, the address of a client on a Unix socket. */
export type NetworkTest = (address: string) => boolean;

/** Parses addresses and networks such as `10.0.0.0/8`. Throws `AUTH_OPTION_INVALID` for anything else. */
export function networkTest(entries: readonly string[], where: string): NetworkTest {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...more] = entry.split('/');
    const family = isIP(address);
    const max = family === 6 ? 128 : 32;
    const size = bits === undefined ? max : /^(?:0|[1-9][0-9]{0,2})$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || more.length > 0 || !(size <= max))
      throw optionError(
        `${where}: expected an address or a network such as 10.0.0.0/8, found ${JSON.stringify(entry)}`,
      );
    list.addSubnet(address, size, family === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}
