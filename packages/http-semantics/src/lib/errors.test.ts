import { describe, expect, it } from 'vitest';
import { SemanticsError, semanticsErrors } from './errors.ts';

describe('SemanticsError', () => {
  it('carries the code and status of the table', () => {
    const error = new SemanticsError('SEMANTICS_INVALID_TOKEN', '"a b"');
    expect(error).toMatchObject({ code: 'SEMANTICS_INVALID_TOKEN', status: 500, name: 'SemanticsError' });
    expect(error.message).toContain('"a b"');
  });

  it('is recognised by brand, which a plain object with the same fields lacks', () => {
    const error = new SemanticsError('SEMANTICS_INVALID_TOKEN');
    expect(SemanticsError.is(error)).toBe(true);
    expect(SemanticsError.is({ name: error.name, code: error.code })).toBe(false);
    expect(SemanticsError.is(null)).toBe(false);
  });

  it('has a table of codes with one prefix', () => {
    for (const code of Object.keys(semanticsErrors)) expect(code).toMatch(/^SEMANTICS_[A-Z_]+$/);
  });
});
