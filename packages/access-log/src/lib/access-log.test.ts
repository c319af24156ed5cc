import { readFileSync } from 'node:fs';
import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type AccessLogOptions, accessLog } from './access-log.ts';
import { facts, moreFacts } from './facts.ts';
import { endReasons } from './why-ended.ts';

describe('accessLog()', () => {
  it.each<[unknown, RegExp]>([
    [{ to: 5 }, /to: expected a text, or an object with write\(\), found 5/],
    [{ to: 'consle' }, /to: expected `console`, `off`/],
    [{ too: 'console' }, /Did you mean `to`\?/],
    [{ to: './a.log', rotate: { keep: 0 } }, /rotate: keep: expected a whole number from 1 to 10000/],
    [{ to: './a.log', rotate: { size: 5 } }, /rotate: expected `sizeBytes`, `everyMs` or `keep`, found `size`/],
    [{ rotate: { sizeBytes: 5 } }, /rotate: only a file can be rotated/],
  ])('refuses %j', (options, message) => {
    expect(() => accessLog(options as AccessLogOptions)).toThrow(
      expect.objectContaining({ code: 'ACCESS_LOG_OPTION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('passes requests on when it is off', async () => {
    const log = accessLog({ to: 'off' });
    const result = await runHandler((context) => log(context, answer));
    expect(result.text()).toBe('hi');
    await log.close();
  });

  it('writes once for a request, when it is over, and passes failures on', async () => {
    const lines: string[] = [];
    const log = accessLog({ to: { write: (line) => void lines.push(line) }, format: '{status} {end}' });
    const result = await runHandler((context) =>
      log(context, () => {
        expect(lines).toEqual([]);
        throw new Error('a bug');
      }),
    );
    expect(result.status).toBe(500);
    expect(lines).toEqual(['500 failed\n']);
  });

  it('logs the path that it saw, not one that was rewritten later', async () => {
    const lines: string[] = [];
    const log = accessLog({ to: { write: (line) => void lines.push(line) }, format: '{path} {query}' });
    await runHandler((context) => log(context, ({ request }) => request.rewrite('/b?d=e')), '/a?b=c');
    expect(lines).toEqual(['/a b=c\n']);
  });

  it('makes no promise for a synchronous handler', async () => {
    const log = accessLog({ to: { write: () => undefined } });
    await runHandler((context) => {
      expect(log(context, answer)).toBeUndefined();
    });
  });
});

describe('the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

  it('has every word for an end, with the same meaning', () => {
    for (const [word, meaning] of Object.entries(endReasons)) expect(readme).toContain(`| \`${word}\` | ${meaning} |`);
  });

  it('names every fact', () => {
    for (const name of Object.keys({ ...facts, ...moreFacts })) expect(readme).toContain(`\`${name}\``);
  });
});

function answer({ response }: HttpContext): void {
  response.body = 'hi';
}
