import { describe, expect, it } from 'vitest';
import { negotiateEncoding } from './negotiate-encoding.ts';

describe('negotiateEncoding()', () => {
  it.each([
    ['identity without the field', undefined, ['br', 'gzip'], 'identity'],
    ['identity for an empty field', '', ['br', 'gzip'], 'identity'],
    ['the server preference between equal weights', 'gzip, br', ['br', 'gzip'], 'br'],
    ['the higher weight', 'gzip;q=1.0, br;q=0.9', ['br', 'gzip'], 'gzip'],
    ['a coding over an identity nobody mentioned', 'gzip;q=0.001', ['gzip'], 'gzip'],
    ['identity when nothing else is known', 'compress', ['br', 'gzip'], 'identity'],
    ['identity over a coding of lower weight', 'gzip;q=0.5, identity', ['gzip'], 'identity'],
    ['a coding over an identity of equal weight', 'gzip;q=0.5, identity;q=0.5', ['gzip'], 'gzip'],
    ['identity first where the server lists it first', 'gzip, identity', ['identity', 'gzip'], 'identity'],
    ['what * stands for', '*', ['br', 'gzip'], 'br'],
    ['not gzip when q=0 even if * is allowed', 'gzip;q=0, *', ['gzip', 'br'], 'br'],
    ['not gzip when q=0 comes behind *', '*, gzip;q=0', ['gzip', 'br'], 'br'],
    ['identity when the only coding has q=0', 'gzip;q=0', ['gzip'], 'identity'],
    ['identity under * when the coding has q=0', 'gzip;q=0, *', ['gzip'], 'identity'],
    ['an explicit weight below that of *', 'gzip;q=0.2, *;q=0.8', ['gzip', 'br'], 'br'],
    ['identity explicitly allowed beside *;q=0', '*;q=0, identity', ['gzip'], 'identity'],
    ['a coding when identity is refused', 'gzip;q=0.1, identity;q=0', ['gzip'], 'gzip'],
    ['gzip for x-gzip', 'x-gzip', ['gzip'], 'gzip'],
    ['the first of repeated entries', 'gzip;q=0, gzip', ['gzip'], 'identity'],
    ['without regard to case', 'GZIP', ['gzip'], 'gzip'],
    ['identity when a weight is malformed', 'gzip;q=high', ['gzip'], 'identity'],
  ])('chooses %s (RFC 9110 §12.5.3)', (_name, header, available, value) => {
    expect(negotiateEncoding(header, available)).toEqual({ kind: 'chosen', value });
  });

  it.each(['identity;q=0', '*;q=0', 'identity;q=0, br;q=0, gzip;q=0.0', 'deflate, *;q=0'])(
    'accepts nothing of %j',
    (header) => {
      expect(negotiateEncoding(header, ['br', 'gzip'])).toEqual({ kind: 'not-acceptable' });
    },
  );
});
