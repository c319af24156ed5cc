import { describe, expect, it } from 'vitest';
import { commonOptions, formatCommandHelp } from '../format-help.ts';
import { allCommands, plannedCommands } from './all-commands.ts';

describe('allCommands', () => {
  it('have names of their own, none of which is announced as planned', () => {
    const names = allCommands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(plannedCommands.filter((name) => names.includes(name))).toEqual([]);
  });

  it('show no default that is empty', () => {
    for (const command of allCommands) expect(formatCommandHelp(command)).not.toContain('(default: )');
  });

  it('have options of one type and letter, whichever command has them', () => {
    const seen = new Map<string, string>();
    for (const { options } of allCommands) {
      for (const [name, { type, short = '', value }] of Object.entries({ ...commonOptions, ...options })) {
        const key = `${type} ${short}`;
        expect(seen.get(name) ?? key, name).toBe(key);
        seen.set(name, key);
        expect(type === 'boolean' || value !== undefined, name).toBe(true);
      }
    }
    const letters = [...seen.values()].map((key) => key.split(' ')[1]).filter((letter) => letter !== '');
    expect(new Set(letters).size).toBe(letters.length);
  });
});
