import { describe, expect, it } from 'vitest';
import { factsWith } from './client-fixtures.ts';
import { clientPolicy } from './client-policy.ts';
import { explainClient } from './explain-client.ts';

const policy = clientPolicy({ trust: ['private'], maxHops: 2 });
const lines = (headers: Record<string, string>, options = policy): string[] =>
  explainClient(factsWith(headers), options).steps.map(
    ({ element, decision, because }) => `${element} ${decision}: ${because}`,
  );

describe('explainClient()', () => {
  it('says for each entry why it counts or not', () => {
    expect(lines({ 'X-Forwarded-For': '127.0.0.1, 203.0.113.9', 'X-Forwarded-Proto': 'https' })).toEqual([
      'X-Forwarded-For: 203.0.113.9 believed: 10.0.0.2 is trusted',
      'X-Forwarded-Proto: https believed: 10.0.0.2 is trusted',
      'X-Forwarded-For: 127.0.0.1 ignored: 203.0.113.9 is not trusted',
    ]);
  });

  it('says that the walk ended at maxHops', () => {
    expect(lines({ 'X-Forwarded-For': '203.0.113.9, 10.0.0.7, 10.0.0.6' }).at(-1)).toBe(
      'X-Forwarded-For: 203.0.113.9 ignored: maxHops is 2',
    );
  });

  it('says that an address is hidden, or not said', () => {
    expect(lines({ 'X-Forwarded-For': '203.0.113.9, unknown' }).at(-1)).toBe(
      'X-Forwarded-For: 203.0.113.9 ignored: an unknown party is not trusted',
    );
    expect(lines({ 'X-Forwarded-Proto': 'https, http' }).at(-1)).toBe(
      'X-Forwarded-Proto: https ignored: it is not said who sent the request to that proxy',
    );
  });

  it('says what a request is refused for', () => {
    const headers = { Forwarded: 'for=203.0.113.9, for=x' };
    const explanation = explainClient(factsWith(headers), clientPolicy({ trust: ['private'], headers: 'forwarded' }));
    expect(explanation).toEqual({
      client: null,
      steps: [
        { element: 'Forwarded: for=x', decision: 'refused', because: '10.0.0.2 is trusted, but this cannot be read' },
        { element: 'Forwarded: for=203.0.113.9', decision: 'ignored', because: 'the request is refused' },
      ],
    });
  });

  it('decides what resolveClient() decides, and says nothing where nothing is told', () => {
    expect(explainClient(factsWith(), policy)).toMatchObject({ client: { source: 'connection' }, steps: [] });
  });
});
