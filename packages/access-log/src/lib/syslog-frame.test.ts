import { describe, expect, it } from 'vitest';
import { noon } from './access-fixtures.ts';
import { readFrame, syslogMessage, toFrame } from './syslog-frame.ts';

const sender = { facility: 23, hostName: 'web 1', appName: 'windhover', processId: 42 };

describe('syslogMessage()', () => {
  it('is a message of RFC 5424 §6: priority, version, time, host, application, process, id, no structured data', () => {
    expect(syslogMessage(sender)('GET / 200\n', noon)).toBe(
      '<190>1 2026-03-01T12:00:00.123Z web1 windhover 42 access - GET / 200',
    );
  });

  it('writes a dash for a host without a name', () => {
    expect(syslogMessage({ ...sender, hostName: '' })('a', noon)).toContain('Z - windhover');
  });

  it('cuts messages that receivers would refuse', () => {
    expect(syslogMessage(sender)('a'.repeat(10_000), noon)).toHaveLength(8192);
  });
});

it('readFrame() finds the messages that toFrame() has framed (RFC 6587 §3.4.1)', () => {
  const bytes = Buffer.from(toFrame('a b') + toFrame('€'));
  const first = readFrame(bytes, 0);
  const second = readFrame(bytes, first.end);
  expect([first.message.toString(), second.message.toString(), second.end]).toEqual(['a b', '€', bytes.byteLength]);
});
