import { describe, expect, it } from 'vitest';
import { type CommandState, commandTable, refuseCommand } from './command-table.ts';

const fresh: CommandState = { isLoggedIn: false, isSecure: false, needsTls: false, isRenaming: false };
const code = (text: string, state: Partial<CommandState>): number | null => {
  const [verb = '', ...rest] = text.split(' ');
  return refuseCommand({ verb, argument: rest.join(' ') }, { ...fresh, ...state })?.code ?? null;
};

describe('refuseCommand()', () => {
  it.each([
    ['XYZZY', {}, 500],
    ['__proto__', {}, 500],
    ['constructor', {}, 500],
    ['USER', {}, 501],
    ['USER ada', {}, null],
    ['RETR a', {}, 530],
    ['RETR', { isLoggedIn: true }, 501],
    ['RETR a', { isLoggedIn: true }, null],
    ['PASV x', { isLoggedIn: true }, 501],
    ['RNTO a', { isLoggedIn: true }, 503],
    ['RNTO a', { isLoggedIn: true, isRenaming: true }, null],
    ['USER ada', { needsTls: true }, 530],
    ['PASS x', { needsTls: true }, 530],
    ['AUTH TLS', { needsTls: true }, null],
    ['FEAT', { needsTls: true }, null],
    ['USER ada', { needsTls: true, isSecure: true }, null],
    ['RETR a', { needsTls: true, isLoggedIn: true }, 530],
  ] as const)('answers %s with %o: %s', (text, state, expected) => {
    expect(code(text, state)).toBe(expected);
  });

  it('lets nobody reach a file before the login', () => {
    const open = Object.entries(commandTable).flatMap(([verb, { when }]) => (when === 'always' ? [verb] : []));
    expect(open.join(' ')).toBe('USER PASS ACCT HOST AUTH PBSZ PROT CCC FEAT OPTS HELP NOOP SYST QUIT REIN');
  });
});
