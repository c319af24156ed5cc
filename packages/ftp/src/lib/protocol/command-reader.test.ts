import { describe, expect, it } from 'vitest';
import { CommandReader } from './command-reader.ts';

function reader(maxBytes = 4096) {
  const seen: string[] = [];
  const made: CommandReader = new CommandReader(maxBytes, {
    line: ({ verb, argument }) => {
      seen.push(argument === '' ? verb : `${verb} ${argument}`);
      if (verb === 'AUTH') made.discard();
    },
    tooLong: () => seen.push('too long'),
  });
  return { made, seen };
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('CommandReader', () => {
  it('reads lines in every split', () => {
    const text = bytes('user Ada\r\nPASS  a b \r\n\r\nNOOP\n');
    for (let at = 0; at <= text.length; at += 1) {
      const { made, seen } = reader();
      made.push(text.subarray(0, at));
      made.push(text.subarray(at));
      expect(seen).toEqual(['USER Ada', 'PASS  a b ', 'NOOP']);
    }
  });

  it('takes Telnet commands out, and keeps a doubled IAC (RFC 854)', () => {
    const { made, seen } = reader();
    made.push(bytes('\xff\xf4\xff\xf2ABOR\r\n\xff\xfd\x06NOOP\r\n'));
    made.push(Buffer.concat([bytes('CWD '), Buffer.from('é'), bytes('\r\n')]));
    expect(seen).toEqual(['ABOR', 'NOOP', 'CWD é']);
  });

  it('tells once of a line that is too long, skips it, and goes on', () => {
    const { made, seen } = reader(10);
    made.push(bytes(`CWD ${'x'.repeat(100)}`));
    made.push(bytes('more\r\nCWD 123456\r\nCWD 1234567\r\nNOOP\r\n'));
    expect(seen).toEqual(['too long', 'CWD 123456', 'too long', 'NOOP']);
  });

  it('forgets what was sent in the clear behind AUTH', () => {
    const { made, seen } = reader();
    made.push(bytes('AUTH TLS\r\nUSER eve\r\nPASS x\r\nDELE'));
    made.push(bytes('NOOP\r\n'));
    expect(seen).toEqual(['AUTH TLS', 'NOOP']);
  });
});
