import { describe, expect, it } from 'vitest';
import { staticError } from './errors.ts';
import { tellOnce } from './tell-once.ts';

const forbidden = (path: string): Error =>
  staticError('STATIC_FORBIDDEN', undefined, { cause: Object.assign(new Error('EACCES'), { path }) });

describe('tellOnce()', () => {
  it('tells each file that may not be read once, by its place on the disk', () => {
    const lines: string[] = [];
    const tell = tellOnce({ warn: (message) => lines.push(message) });
    for (const name of ['a', 'a', 'b', 'a']) tell(name, forbidden(`/srv/${name}`));
    expect(lines).toEqual(['/srv/a', '/srv/b'].map((path) => expect.stringContaining(path)));
  });

  it('tells nothing of other failures, nor without a log', () => {
    const lines: string[] = [];
    tellOnce({ warn: (message) => lines.push(message) })('a', staticError('STATIC_READ_FAILED'));
    tellOnce(undefined)('a', forbidden('/srv/a'));
    expect(lines).toEqual([]);
  });

  it('remembers a bounded number of files', () => {
    let count = 0;
    const tell = tellOnce({
      warn: () => {
        count += 1;
      },
    });
    for (let index = 0; index <= 1000; index++) tell(`a${index}`, forbidden('/a'));
    tell('a0', forbidden('/a'));
    expect(count).toBe(1002);
  });
});
