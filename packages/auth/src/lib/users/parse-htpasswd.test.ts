import { describe, expect, it } from 'vitest';
import { editHtpasswd, parseHtpasswd } from './parse-htpasswd.ts';

const hash = '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.';

describe('parseHtpasswd()', () => {
  it('reads names and hashes, and skips comments and empty lines', () => {
    const { entries, faults } = parseHtpasswd(`# people\n\nada:${hash}\r\nbob:${hash}`);
    expect([[...entries], faults]).toEqual([
      [
        ['ada', hash],
        ['bob', hash],
      ],
      [],
    ]);
  });

  it('names lines that cannot be used, without their secrets', () => {
    const { entries, faults } = parseHtpasswd(
      ['ada', `:${hash}`, `ada:${hash}`, `ada:${hash}`, 'bob:clear text', 'eve:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='].join(
        '\n',
      ),
    );
    expect([...entries.keys()]).toEqual(['ada']);
    expect(faults).toEqual([
      'line 1: expected name:hash, found no colon',
      'line 2: expected name:hash, found no name',
      'line 4: "ada" is there twice',
      'line 5: the hash of "bob" is something else: expected bcrypt, argon2id, SHA-crypt ($5$, $6$) or $apr1$',
      'line 6: the hash of "eve" is an unsalted SHA-1: expected bcrypt, argon2id, SHA-crypt ($5$, $6$) or $apr1$',
    ]);
  });
});

describe('editHtpasswd()', () => {
  it('adds, replaces in its place, and removes, and leaves the rest as it is', () => {
    const text = `# people\nada:1\nadab:2\n`;
    expect(editHtpasswd(text, 'bob', '3')).toBe(`# people\nada:1\nadab:2\nbob:3\n`);
    expect(editHtpasswd(text, 'ada', '3')).toBe(`# people\nada:3\nadab:2\n`);
    expect(editHtpasswd(text, 'ada', null)).toBe(`# people\nadab:2\n`);
    expect(editHtpasswd('', 'ada', '1')).toBe('ada:1\n');
    expect(editHtpasswd('ada:1', 'ada', null)).toBe('');
  });
});
