import { describe, expect, it } from 'vitest';
import { unknownName } from './unknown-name.ts';

const known = ['backlog', 'tls', 'onAcceptError'];

describe('unknownName()', () => {
  it.each([
    ['tsl', 'tls'],
    ['TLS', 'tls'],
    ['tl', 'tls'],
    ['back-log', 'backlog'],
    ['onAcceptErorr', 'onAcceptError'],
  ])('says for %s that %s was probably meant', (written, meant) => {
    expect(unknownName({ tls: 1, [written]: 1 }, known)).toBe(
      `expected \`backlog\`, \`tls\` or \`onAcceptError\`, found \`${written}\`. Did you mean \`${meant}\`?`,
    );
  });

  it.each(['x', 'port', 'certificate', 'a'.repeat(10_000)])('guesses nothing for what is like none: %s', (written) => {
    expect(unknownName({ [written]: 1 }, known)).not.toContain('Did you mean');
  });

  it('has nothing to say of names that are known', () => {
    expect(unknownName({ tls: undefined, backlog: 1 }, known)).toBe(null);
    expect(unknownName({}, known)).toBe(null);
  });
});
