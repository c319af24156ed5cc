import { describe, expect, it } from 'vitest';
import { formatProblems } from './format-problems.ts';
import type { Problem } from './problem.ts';

const problem: Problem = {
  file: 'windhover.yaml',
  line: 12,
  column: 9,
  length: 5,
  path: 'sites.demo.routes[0].statc',
  message: 'expected `static` or `proxy`, found `statc`',
  suggestion: 'static',
  sourceLine: '        statc: { root: ./public }',
};

describe('formatProblems()', () => {
  it('ends a sentence that has its full stop already with one', () => {
    expect(formatProblems([{ ...problem, message: 'it is a pipe: name a file.', suggestion: null }])).toContain(
      'It is a pipe: name a file.\n',
    );
  });

  it('shows place, line, caret and sentence', () => {
    const second = { ...problem, line: 3, column: 1, length: 1, path: '', suggestion: null, sourceLine: '\tx: 1' };
    expect(formatProblems([problem, second])).toBe(`windhover.yaml:12:9  sites.demo.routes[0].statc
  12 |         statc: { root: ./public }
     |         ^^^^^
  Expected \`static\` or \`proxy\`, found \`statc\`. Did you mean \`static\`?

windhover.yaml:3:1
  3 | →x: 1
    | ^
  Expected \`static\` or \`proxy\`, found \`statc\`.

2 problems in windhover.yaml
`);
  });

  it('leaves out the line where there is none', () => {
    const missing = { ...problem, line: 1, column: 1, path: '', suggestion: null, sourceLine: null };
    expect(formatProblems([missing])).toBe(
      'windhover.yaml:1:1\n  Expected `static` or `proxy`, found `statc`.\n\n1 problem in windhover.yaml\n',
    );
  });

  it('keeps the caret below its place on a long line', () => {
    const sourceLine = `{${'a'.repeat(500)}BAD${'b'.repeat(500)}}`;
    const [, line, caret] = formatProblems([{ ...problem, column: 502, length: 3, sourceLine }]).split('\n');
    expect(line!.length).toBeLessThan(130);
    expect(line!.slice(caret!.indexOf('^'), caret!.lastIndexOf('^') + 1)).toBe('BAD');
  });

  it('shows control characters as boxes', () => {
    expect(formatProblems([{ ...problem, message: 'x\u001b[31m', file: 'a\u0007b' }])).not.toMatch(/[\u001b\u0007]/);
  });

  it('has nothing to say of no problems', () => {
    expect(formatProblems([])).toBe('');
  });
});
