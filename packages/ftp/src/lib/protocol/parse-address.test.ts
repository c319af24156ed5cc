import { describe, expect, it } from 'vitest';
import { formatPasv, parseEprt, parseEpsv, parseHost, parsePort } from './parse-address.ts';

describe('parsePort()', () => {
  it.each([
    ['127,0,0,1,4,1', { host: '127.0.0.1', port: 1025 }],
    ['10,0,0,255,255,255', { host: '10.0.0.255', port: 65_535 }],
    ['127,0,0,1,4', null],
    ['127,0,0,1,4,1,1', null],
    ['127,0,0,256,4,1', null],
    ['127,0,0,1,0,0', null],
    ['127,0,0,-1,4,1', null],
    ['127,0,0,0x1,4,1', null],
    ['', null],
  ])('reads %s', (argument, address) => {
    expect(parsePort(argument)).toEqual(address);
  });
});

describe('parseEprt()', () => {
  it.each([
    ['|1|132.235.1.2|6275|', { host: '132.235.1.2', port: 6275 }],
    ['|2|1080::8:800:200C:417A|5282|', { host: '1080::8:800:200C:417A', port: 5282 }],
    ['!2!::1!5282!', { host: '::1', port: 5282 }],
    ['|3|x|1|', 'family'],
    ['|1|::1|1|', null],
    ['|2|127.0.0.1|1|', null],
    ['|1|127.0.0.1|0|', null],
    ['|1|127.0.0.1|65536|', null],
    ['|1|127.0.0.1|1', null],
    ['|1|127.0.0.1|1||', null],
    ['', null],
  ])('reads %s (RFC 2428 §2)', (argument, address) => {
    expect(parseEprt(argument)).toEqual(address);
  });
});

describe('parseEpsv()', () => {
  it('knows ALL, and the family of the connection only (RFC 2428 §3)', () => {
    expect(['', 'all', '1', '2', 'x'].map((argument) => parseEpsv(argument, 4))).toEqual([
      'any',
      'all',
      'any',
      'family',
      null,
    ]);
    expect(parseEpsv('2', 6)).toBe('any');
  });
});

describe('formatPasv()', () => {
  it('has no form for IPv6', () => {
    expect(formatPasv({ host: '127.0.0.1', port: 1025 })).toBe('127,0,0,1,4,1');
    expect(formatPasv({ host: '::1', port: 1025 })).toBeNull();
  });
});

describe('parseHost()', () => {
  it.each([
    ['FTP.Example.com', 'ftp.example.com'],
    ['example.com.', 'example.com'],
    ['[::1]', '::1'],
    ['[IPv6:::1]', '::1'],
    ['127.0.0.1', '127.0.0.1'],
    ['[x]', null],
    ['a b', null],
    ['a/../b', null],
    ['', null],
  ])('reads %s (RFC 7151 §3.1)', (argument, host) => {
    expect(parseHost(argument)).toBe(host);
  });
});
