import { type IpAddress, parseIpAddress } from '@windhover/ip';

/** An address as 32-bit words: one for IPv4, four for IPv6. IPv4-mapped addresses are IPv4. */
export interface AddressWords {
  readonly words: Uint32Array;
  /** 0: the text was no address. */
  family: 0 | 4 | 6;
}

/** Makes room for an address; one is enough for a filter, because decisions are made one after the other. */
export function createAddressWords(): AddressWords {
  return { words: new Uint32Array(4), family: 0 };
}

/** Parses an address into `target`. A zone (`%eth0`) does not matter. */
export function readAddress(text: string, target: AddressWords): void {
  const ipv4 = ipv4Number(text, 0, text.length);
  if (ipv4 >= 0) {
    target.words[0] = ipv4;
    target.family = 4;
    return;
  }
  const address = text.includes(':') ? parseIpAddress(text) : null;
  if (address === null) target.family = 0;
  else setWords(address, target);
}

/** Writes a parsed address into `target`. */
export function setWords(address: IpAddress, target: AddressWords): void {
  target.family = address.length === 2 ? 4 : 6;
  for (let index = 0; index < address.length; index += 2)
    target.words[index >> 1] = address[index]! * 0x1_0000 + address[index + 1]!;
}

/** An IPv4 address in a part of a text: four numbers up to 255 without leading zeros. -1 for anything else. */
export function ipv4Number(text: string, start: number, end: number): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      if (octet < 0 || dots === 3) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      if (code < 0x30 || code > 0x39 || octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 0x30;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}
