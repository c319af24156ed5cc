import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { readProxyHeader } from './proxy-header.ts';

const signature = '\r\n\r\n\0\r\nQUIT\n';
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A header of version 2 with its length. */
function v2(versionAndCommand: number, family: number, rest: Uint8Array | string, length?: number): Buffer {
  const body = typeof rest === 'string' ? bytesOf(rest) : Buffer.from(rest);
  const head = Buffer.from([versionAndCommand, family, 0, 0]);
  head.writeUInt16BE(length ?? body.byteLength, 2);
  return Buffer.concat([bytesOf(signature), head, body]);
}

const ipv4 = Buffer.from([192, 0, 2, 1, 198, 51, 100, 2, 0xdc, 0x04, 0x01, 0xbb]);

function tlv(type: number, value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? bytesOf(value) : Buffer.from(value);
  return Buffer.concat([Buffer.from([type, bytes.byteLength >> 8, bytes.byteLength & 0xff]), bytes]);
}

describe('readProxyHeader() of version 1', () => {
  it.each([
    ['PROXY TCP4 192.0.2.1 198.51.100.2 56324 443', ['192.0.2.1', 56324, '198.51.100.2', 443]],
    ['PROXY TCP6 2001:db8::1 2001:DB8:0::2 0 65535', ['2001:db8::1', 0, '2001:db8::2', 65535]],
    ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2', ['192.0.2.1', 1, '::1', 2]],
    ['PROXY UNKNOWN', null],
    ['PROXY UNKNOWN ffff::1 whatever 1', null],
  ])('takes %s', (line, expected) => {
    const header = readProxyHeader(bytesOf(`${line}\r\nGET /`))!;
    expect(header.byteLength).toBe(line.length + 2);
    const { addresses } = header;
    const told = addresses && [
      addresses.remoteAddress,
      addresses.remotePort,
      addresses.localAddress,
      addresses.localPort,
    ];
    expect(told).toEqual(expected);
  });

  it.each([
    ['GET / HTTP/1.1\r\n', 'it begins with "GET / HTTP/1.1'],
    ['proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n', 'it begins with'],
    ['PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n', 'its protocol is ""'],
    ['PROXY TCP5 1.1.1.1 1.1.1.1 1 1\r\n', 'its protocol is "TCP5"'],
    ['PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n', 'its protocol is "UDP4"'],
    ['PROXY\r\n', 'it begins with'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n', 'expected two addresses and two ports'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n', 'expected two addresses and two ports'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 1  1\r\n', 'expected two addresses'],
    ['PROXY TCP4 1.1.1.256 1.1.1.1 1 1\r\n', '"1.1.1.256" is no address of TCP4'],
    ['PROXY TCP4 01.1.1.1 1.1.1.1 1 1\r\n', '"01.1.1.1" is no address'],
    ['PROXY TCP4 ::1 1.1.1.1 1 1\r\n', '"::1" is no address of TCP4'],
    ['PROXY TCP6 1.1.1.1 ::1 1 1\r\n', '"1.1.1.1" is no address of TCP6'],
    ['PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n', 'is no address of TCP6'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n', '"65536" is no port'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 1 01\r\n', '"01" is no port'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 -1 1\r\n', '"-1" is no port'],
    ['PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n', 'its line ends without CR'],
    [`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`, 'its line is longer than 107 bytes'],
    [`PROXY UNKNOWN ${'x'.repeat(200)}`, 'its line is longer than 107 bytes'],
  ])('refuses %j', (text, why) => {
    expect(() => readProxyHeader(bytesOf(text))).toThrow(why);
    expect(() => readProxyHeader(bytesOf(text))).toThrow(expect.objectContaining({ code: 'TRANSPORT_PROXY_INVALID' }));
  });
});

describe('readProxyHeader() of version 2', () => {
  it('reads IPv4, IPv6 and Unix addresses', () => {
    expect(readProxyHeader(v2(0x21, 0x11, ipv4))).toMatchObject({
      version: 2,
      byteLength: 28,
      addresses: { remoteAddress: '192.0.2.1', remotePort: 56324, localAddress: '198.51.100.2', localPort: 443 },
    });
    const ipv6 = Buffer.alloc(36);
    ipv6.set([0x20, 0x01, 0x0d, 0xb8], 0);
    ipv6[15] = 1;
    ipv6.set([0xff, 0xff, 203, 0, 113, 9], 26);
    ipv6.writeUInt16BE(8080, 32);
    expect(readProxyHeader(v2(0x21, 0x21, ipv6))!.addresses).toEqual({
      ...{ remoteAddress: '2001:db8::1', remotePort: 8080, localAddress: '203.0.113.9', localPort: 0 },
    });
    const unix = Buffer.alloc(216);
    unix.write('/run/client.sock', 0);
    unix.write('/run/app.sock', 108);
    expect(readProxyHeader(v2(0x21, 0x31, unix))!.addresses).toEqual({
      ...{ remoteAddress: '', remotePort: 0, localAddress: '/run/app.sock', localPort: 0 },
    });
  });

  it('leaves LOCAL and unspecified connections their own addresses, whatever follows', () => {
    expect(readProxyHeader(v2(0x20, 0x00, 'anything'))).toMatchObject({ addresses: null, byteLength: 24 });
    expect(readProxyHeader(v2(0x20, 0x11, ipv4))!.addresses).toBeNull();
    expect(readProxyHeader(v2(0x21, 0x00, ''))!.addresses).toBeNull();
  });

  it('reads extensions, and verifies the checksum', () => {
    const rest = Buffer.concat([ipv4, tlv(0x04, 'pad'), tlv(0xea, '\x01vpce-1'), tlv(0x03, Buffer.alloc(4))]);
    const header = v2(0x21, 0x11, rest);
    header.writeUInt32BE(crc32c(header, header.byteLength - 4), header.byteLength - 4);
    const { tlvs } = readProxyHeader(header)!;
    expect(Buffer.from(tlvs.get(0xea)!).toString()).toBe('\x01vpce-1');
    header[17]! ^= 1;
    expect(() => readProxyHeader(header)).toThrow('its checksum is wrong');
  });

  it('knows the checksum of RFC 3720: 32 bytes of 0', () => {
    expect(crc32c(new Uint8Array(32), -10).toString(16)).toBe('8a9136aa');
    expect(crc32c(Buffer.from('123456789'), -10).toString(16)).toBe('e3069283');
  });

  it.each([
    ['another version', v2(0x11, 0x11, ipv4), 'its version is 1'],
    ['another command', v2(0x22, 0x11, ipv4), 'its command is 2'],
    ['another family', v2(0x21, 0x41, ipv4), 'its address family is 4'],
    ['another protocol', v2(0x21, 0x13, ipv4), 'its protocol is 3'],
    ['too few addresses', v2(0x21, 0x11, ipv4.subarray(1)), 'it has 11 bytes of addresses, expected 12'],
    ['IPv4 where IPv6 is announced', v2(0x21, 0x21, ipv4), 'it has 12 bytes of addresses, expected 36'],
    ['a length without end', v2(0x21, 0x11, ipv4, 65535), 'more than 16384'],
    ['half an extension', v2(0x21, 0x11, Buffer.concat([ipv4, Buffer.from([1, 0])])), 'an extension is cut off'],
    [
      'a long extension',
      v2(0x21, 0x11, Buffer.concat([ipv4, Buffer.from([1, 0, 9, 1])])),
      'has 9 bytes, more than are there',
    ],
    ['a short checksum', v2(0x21, 0x11, Buffer.concat([ipv4, tlv(3, 'ab')])), 'its checksum has 2 bytes'],
    ['a wrong signature', bytesOf('\r\n\r\n\0\r\nQUIX\n'), 'it begins with'],
  ])('refuses %s', (_what, bytes, why) => {
    expect(() => readProxyHeader(bytes)).toThrow(why);
  });

  it('waits for more as long as the beginning is right', () => {
    const whole = v2(0x21, 0x11, ipv4);
    for (let length = 0; length < whole.byteLength; length++)
      expect(readProxyHeader(whole.subarray(0, length)), String(length)).toBeNull();
    const line = bytesOf('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n');
    for (let length = 0; length < line.byteLength; length++)
      expect(readProxyHeader(line.subarray(0, length)), String(length)).toBeNull();
  });
});
