import { describe, expect, it } from 'vitest';
import { incomingId } from './incoming-id.ts';

describe('incomingId()', () => {
  it.each(['a', '0193-AF.b_c~d+e/f=g:h', 'Root=1-5759e988-bd862e3fe1be46a994272793', 'x'.repeat(128)])(
    'takes %s',
    (id) => expect(incomingId([id])).toBe(id),
  );

  it.each([
    ['nothing', ''],
    ['what a command would take for an option', '-a'],
    ['a blank', 'a b'],
    ['a list', 'a,b'],
    ['a tag', '<script>'],
    ['quotes', `a"b`],
    ['apostrophes', "a'b"],
    ['a backslash', 'a\\b'],
    ['a percent sign', '%0a'],
    ['more than 128 characters', 'x'.repeat(129)],
    ['other letters', 'caf\xe9'],
  ])('takes no %s', (_what, id) => {
    expect(incomingId([id])).toBeNull();
  });

  it.each([
    ['a line of its own', 'a\r\n203.0.113.7 GET /admin 200'],
    ['a line feed at the end', 'a\n'],
    ['colours of a terminal', 'a\x1b[2J'],
    ['a NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['C1 controls', 'a\x9bb'],
    ['a placeholder of Log4j', `$\{jndi:ldap://a}`],
  ])('takes nothing that would write %s into a log (log injection)', (_what, id) => {
    expect(incomingId([id])).toBeNull();
  });

  it('accepts none of two ids, and none if there is none', () => {
    expect(incomingId(['a', 'a'])).toBeNull();
    expect(incomingId([])).toBeNull();
  });
});
