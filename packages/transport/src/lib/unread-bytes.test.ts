import type { ConnectionInfo } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { endpointKeys } from './endpoint-keys.ts';
import { unreadBytes, unreadInTable } from './unread-bytes.ts';

const info = (localAddress: string, localPort: number, remoteAddress: string, remotePort: number): ConnectionInfo => ({
  id: 1,
  transport: 'tcp',
  localAddress,
  localPort,
  remoteAddress,
  remotePort,
  tls: null,
});

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D2A4 01 00010000:00000000 04:00000000 00000000     0        0 2 2 0 20 4 30 10 -1
   2: 0100007F:D2A4 0100007F:1F90 01 00000000:00000100 00:00000000 00000000     0        0 3 2 0 20 4 30 10 -1
   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF0000010200C0:0050 01 00000010:00000007 00:00000000 00000000 0 0 4
   1: B80D0120000000000000000001000000:01BB B80D0120000000000000000002000000:0050 01 00000020:00000000 00:00000000 00000000 0 0 5
`;

describe('unreadInTable()', () => {
  it.each([
    [
      'what is not acknowledged and what a peer on this machine has not read',
      info('127.0.0.1', 8080, '127.0.0.1', 53_924),
      65_536 + 256,
    ],
    ['what a dual-stack socket has sent to IPv4', info('127.0.0.1', 8080, '192.0.2.1', 80), 16],
    ['what went over IPv6', info('2001:db8::1', 443, '2001:db8::2', 80), 32],
    ['nothing of a connection that is not in it', info('127.0.0.1', 8080, '127.0.0.1', 1), null],
  ])('tells %s', (_what, connection, bytes) => {
    expect(unreadInTable(table, connection)).toBe(bytes);
  });
});

describe('endpointKeys()', () => {
  it.each([
    ['10.1.2.3', 1, ['0302010A:0001', '0000000000000000FFFF00000302010A:0001']],
    ['::1', 65_535, ['', '00000000000000000000000001000000:FFFF']],
    ['fe80::1%eth0', 80, ['', '000080FE000000000000000001000000:0050']],
    ['1:2:3:4:5:6:7:8', 80, ['', '02000100040003000600050008000700:0050']],
    ['64:ff9b::192.0.2.33', 80, ['', '9BFF64000000000000000000210200C0:0050']],
  ])('spells %s, port %i, as the kernel does', (address, port, keys) => {
    expect(endpointKeys(address, port)).toEqual(keys);
  });
});

describe('unreadBytes()', () => {
  it('does not know of a Unix socket', async () => {
    expect(await unreadBytes({ ...info('/a', 0, '', 0), transport: 'unix' })).toBeNull();
  });
});
