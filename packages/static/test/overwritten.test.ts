import { createHash } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RunResult } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { useSite } from './site-fixtures.ts';

const site = useSite();
const rounds = 60;

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('base64url').slice(0, 22);

/** While `during` runs, overwrites a file in place with ever new content, with occasional pauses. */
async function overwrite(path: string, size: number, during: () => Promise<void>): Promise<void> {
  let isOver = false;
  const write = async (): Promise<void> => {
    const file = await open(path, 'r+');
    for (let version = 1; !isOver; version++) {
      await file.write(Buffer.alloc(size, `version ${version}, `), 0, size, 0);
      for (let turn = 0; turn < (version % 8) * 20; turn++) await setImmediate();
    }
    await file.close();
  };
  const finished = during().finally(() => {
    isOver = true;
  });
  await Promise.all([write(), finished]);
}

describe('staticFiles(): a file that is overwritten in place', () => {
  it.each([30, 4_096, 65_536, 65_537, 300_000])(
    'never goes out under the tag of other content (%d bytes)',
    async (size) => {
      const path = join(site.root, `overwritten-${size}.bin`);
      await writeFile(path, Buffer.alloc(size, 'version 0, '));
      const results: RunResult[] = [];
      await overwrite(path, size, async () => {
        for (let round = 0; round < rounds; round++) {
          const asked = Array.from({ length: 8 }, () => site.get(`/overwritten-${size}.bin`));
          results.push(...(await Promise.all(asked)));
        }
      });
      for (const { status, body, headers, outcome } of results) {
        if (outcome.end === 'handler-failed') {
          expect([outcome.error?.message, body.byteLength < size]).toEqual([
            'The file was changed while it was sent',
            true,
          ]);
          continue;
        }
        expect([status, body.byteLength]).toEqual([200, size]);
        const etag = headers.get('etag');
        if (etag !== undefined) expect(etag.replace(/^W\/|"/g, '')).toBe(hashOf(body));
      }
    },
  );
});
