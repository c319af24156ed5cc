import { describe, expect, it } from 'vitest';
import { LogRing } from './log-ring.ts';
import { toLogLine } from './to-log-line.ts';
import { withoutValues } from './without-values.ts';

const problems = `windhover.yaml:12:9  admin.tokens[0].token
  12 |     - { name: ci, token: SEKRET }
     |                          ^^^^^^
  Expected at least 20 characters, found "SEKRET \\" SEKRET". Did you mean \`SEKRET\`?

windhover.yaml:14:3
  Expected valid YAML, found: a \`SEKRET\` here.

windhover.yaml:15:3  users
  "SEKRET" is used by nobody.

3 problems in windhover.yaml`;

describe('withoutValues()', () => {
  it('leaves places, names and what was expected, and no value', () => {
    expect(withoutValues(problems)).toBe(`windhover.yaml:12:9  admin.tokens[0].token
  Expected at least 20 characters, found something else

windhover.yaml:14:3
  Expected valid YAML, found something else

windhover.yaml:15:3  users
  "…" is used by nobody.

3 problems in windhover.yaml`);
  });
});

describe('LogRing', () => {
  it('keeps no value of a configuration, and what an application writes as it is', () => {
    const ring = new LogRing();
    ring.add(toLogLine(1, 'error', `The reload changed nothing:\n${problems}`));
    ring.add(toLogLine(2, 'error', 'It failed', { error: new Error(problems) }));
    ring.add(toLogLine(3, 'error', 'The reload changed nothing:\ntoken: expected a text, found "SEKRET"'));
    expect(JSON.stringify(ring.find({ lines: 9, level: 'debug', contains: '', pool: null }))).not.toContain('SEKRET');
    ring.add(toLogLine(4, 'info', 'expected 3, found 4', { app: 'shop' }));
    ring.add(toLogLine(5, 'info', 'It says "yes"\n 1 | 2'));
    const kept = ring.find({ lines: 2, level: 'debug', contains: '', pool: null });
    expect(kept.map(({ message }) => message)).toEqual(['expected 3, found 4', 'It says "yes"\n 1 | 2']);
  });
});
