import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Http1Error } from '../src/lib/errors.ts';
import { RequestParser } from '../src/lib/request-parser.ts';
import { llhttpDifferences } from './llhttp-differences.ts';
import { toBytes } from './read-all.ts';

interface Fixture {
  readonly file: string;
  readonly title: string;
  readonly meta: { readonly type: string };
  readonly raw: string;
  readonly log: string;
}

type Outcome = 'complete' | 'partial' | 'error';

const fixtures = JSON.parse(readFileSync(new URL('llhttp-fixtures.json', import.meta.url), 'utf8')) as Fixture[];

/** llhttp's codes 22 and 23 only say that an upgrade follows. */
function outcomeOfLog(log: string): Outcome {
  if (/ error code=(?!22|23)/.test(log)) return 'error';
  return log.includes('message complete') ? 'complete' : 'partial';
}

/**
 * Most fixtures have no Host, which RFC 9112 §3.2 requires and llhttp does not check, and some have a fragment `#hey`.
 * They get a Host and lose the fragment, so that their actual subject is compared.
 */
function withHostAndTarget(given: string): string {
  const raw = given.replaceAll('#hey ', ' ');
  return /^host[ \t]*:/im.test(raw) ? raw : raw.replaceAll(/ HTTP\/1\.1\r\n/g, ' HTTP/1.1\r\nHost: fixture\r\n');
}

function parse(raw: string, isFinished: boolean): { outcome: Outcome; code: string } {
  const parser = new RequestParser();
  const bytes = toBytes(withHostAndTarget(raw));
  let outcome: Outcome = 'partial';
  let offset = 0;
  try {
    for (;;) {
      const event = parser.read(bytes, offset);
      offset = parser.offset;
      if (event === 'need-more') break;
      if (event !== 'end') continue;
      outcome = 'complete';
      // The rest belongs to the tunnel.
      if (parser.head.method === 'CONNECT' || parser.head.upgrade !== null) break;
    }
    if (isFinished) parser.finish();
  } catch (error) {
    if (!Http1Error.is(error)) throw error;
    return { outcome: 'error', code: error.code };
  }
  return { outcome, code: '' };
}

describe('RequestParser, over the request fixtures of llhttp', () => {
  it('has all 166 of them', () => {
    expect(fixtures).toHaveLength(166);
  });

  const needed = new Set<string>();
  for (const [index, { file, title, meta, raw, log }] of fixtures.entries()) {
    const key = `${file.replace('request/', '')} ${title}`;
    it(`${index} ${key}`, () => {
      const expected = outcomeOfLog(log);
      const { outcome, code } = parse(Buffer.from(raw, 'base64').toString('latin1'), meta.type === 'request-finish');
      const difference = outcome === expected ? undefined : `${expected} -> ${outcome} ${code}`.trim();
      if (difference !== undefined) needed.add(key);
      expect(difference).toBe(llhttpDifferences[key]?.[0]);
    });
  }

  it('lists no difference that there is not', () => {
    expect(Object.keys(llhttpDifferences).filter((key) => !needed.has(key))).toEqual([]);
  });
});
