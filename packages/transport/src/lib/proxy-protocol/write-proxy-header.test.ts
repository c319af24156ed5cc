import { describe, expect, it } from 'vitest';
import { type ProxiedAddresses, readProxyHeader } from './proxy-header.ts';
import { writeProxyHeader } from './write-proxy-header.ts';

const ends = (remoteAddress: string, localAddress: string): ProxiedAddresses => ({
  ...{ remoteAddress, localAddress, remotePort: 56324, localPort: 443 },
});

describe('writeProxyHeader()', () => {
  it.each([
    ['192.0.2.1', '198.51.100.2', 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n'],
    ['2001:db8::1', '::1', 'PROXY TCP6 2001:db8:0:0:0:0:0:1 0:0:0:0:0:0:0:1 56324 443\r\n'],
    ['192.0.2.1', '::1', 'PROXY TCP6 0:0:0:0:0:ffff:c000:201 0:0:0:0:0:0:0:1 56324 443\r\n'],
    ['', '/run/w.sock', 'PROXY UNKNOWN\r\n'],
  ])('writes %s to %s as a line', (remote, local, expected) => {
    expect(writeProxyHeader(1, ends(remote, local))).toBe(expected);
  });

  it.each([
    ['192.0.2.1', '198.51.100.2'],
    ['2001:db8::1', '::1'],
    ['192.0.2.1', '::1'],
  ])('writes %s to %s so that it is read again, in both versions', (remote, local) => {
    for (const version of [1, 2] as const) {
      const written = Buffer.from(writeProxyHeader(version, ends(remote, local)), 'latin1');
      expect(readProxyHeader(written)).toMatchObject({
        version,
        byteLength: written.byteLength,
        addresses: ends(remote, local),
      });
    }
  });

  it('tells of TLS and the name, with a checksum', () => {
    const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
    const written = writeProxyHeader(2, ends('192.0.2.1', '198.51.100.2'), { authority: 'shop.example', tls });
    const { tlvs } = readProxyHeader(Buffer.from(written, 'latin1'))!;
    expect([...tlvs.keys()]).toEqual([0x02, 0x20, 0x03]);
    expect(Buffer.from(tlvs.get(2)!).toString()).toBe('shop.example');
    expect(Buffer.from(tlvs.get(0x20)!).toString('latin1')).toContain('TLSv1.3');
  });

  it('speaks for itself', () => {
    expect(writeProxyHeader(1, null)).toBe('PROXY UNKNOWN\r\n');
    const local = readProxyHeader(Buffer.from(writeProxyHeader(2, null), 'latin1'));
    expect(local).toMatchObject({ addresses: null, byteLength: 16 });
  });
});
