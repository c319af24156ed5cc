import { describe, expect, it } from 'vitest';
import { closeLineWriters } from './close-line-writers.ts';
import type { LineWriter } from './line-writer.ts';

function writerThatMisses(missing: number): LineWriter & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    write: (line) => void done.push(line),
    flush: () => undefined,
    close: () => {
      done.push('closed');
      return missing;
    },
  };
}

describe('closeLineWriters()', () => {
  it.each([
    [0, ['closed']],
    [7, ['7 lines of the access log are lost: nobody read them.\n', 'closed']],
  ])('says in the second that %d lines are missing in the first, and closes it last', (missing, said) => {
    const [access, log] = [writerThatMisses(missing), writerThatMisses(0)];
    closeLineWriters(access, log);
    expect(access.done).toEqual(['closed']);
    expect(log.done).toEqual(said);
  });
});
