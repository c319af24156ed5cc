import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { collectBody } from './collect-body.ts';

describe('collectBody()', () => {
  it.each([
    ['null', null, ''],
    ['a string', 'é', 'é'],
    ['bytes', Buffer.from('ab'), 'ab'],
    ['a stream', Readable.from([Buffer.from('a'), Buffer.from('b')]), 'ab'],
  ])('reads %s to its end', async (_, body, text) => {
    expect(Buffer.from(await collectBody(body)).toString()).toBe(text);
  });

  it('rejects with the failure of the body', async () => {
    const failing = async function* (): AsyncGenerator<string> {
      yield 'a';
      throw new Error('broken');
    };
    await expect(collectBody(failing())).rejects.toThrow('broken');
  });
});
