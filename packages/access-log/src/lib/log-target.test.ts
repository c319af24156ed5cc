import { describe, expect, it } from 'vitest';
import { readLogTarget } from './log-target.ts';

describe('readLogTarget()', () => {
  it.each([
    ['console', { kind: 'console' }],
    ['off', { kind: 'off' }],
    ['./logs/access.log', { kind: 'file', path: './logs/access.log' }],
    ['access.log', { kind: 'file', path: 'access.log' }],
    ['/var/log/a', { kind: 'file', path: '/var/log/a' }],
    ['C:\\logs\\access.log', { kind: 'file', path: 'C:\\logs\\access.log' }],
    ['syslog://127.0.0.1', { kind: 'syslog', protocol: 'udp', host: '127.0.0.1', port: 514 }],
    ['syslog://log.example.com:5514/', { kind: 'syslog', protocol: 'udp', host: 'log.example.com', port: 5514 }],
    ['syslog+tcp://[::1]:601', { kind: 'syslog', protocol: 'tcp', host: '::1', port: 601 }],
  ])('reads %s', (text, target) => {
    expect(readLogTarget(text)).toEqual(target);
  });

  it.each([
    ['consle', 'console'],
    ['file', undefined],
    ['', undefined],
    ['logs/', undefined],
    ['a\0.log', undefined],
    ['syslog://', undefined],
    ['syslog://a:0', undefined],
    ['syslog://a:99999', undefined],
    ['syslog+tls://a', undefined],
    ['https://a/', undefined],
  ])('refuses %j', (text, suggestion) => {
    const target = readLogTarget(text);
    expect(target).toHaveProperty('message');
    expect((target as { suggestion?: string }).suggestion).toBe(suggestion);
  });
});
