// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written like that
import { describe, expect, it } from 'vitest';
import { substituteReferences } from './substitute-references.ts';

const env = { PORT: '8080', EMPTY: '', HOST: 'a.org' };

describe('substituteReferences()', () => {
  it.each([
    ['${PORT}', '8080', ['PORT']],
    ['http://${HOST}:${PORT}/', 'http://a.org:8080/', ['HOST', 'PORT']],
    ['${NONE:-80}', '80', ['NONE']],
    ['${EMPTY:-80}', '80', ['EMPTY']],
    ['${NONE:-}', '', ['NONE']],
    ['${NONE:-http://a:80/}', 'http://a:80/', ['NONE']],
    ['${EMPTY}', '', ['EMPTY']],
    ['$${PORT}', '${PORT}', []],
    ['$5 and $$ and $PORT', '$5 and $$ and $PORT', []],
  ])('reads %s as %s', (text, expected, names) => {
    expect(substituteReferences(text, env)).toMatchObject({ text: expected, names, problems: [] });
  });

  it.each([
    ['${PORT}', false],
    ['${NONE:-80}', true],
    ['${EMPTY:-a}${PORT}', false],
  ])('says whether %s is only a default: %s', (text, isDefault) => {
    expect(substituteReferences(text, env).isDefault).toBe(isDefault);
  });

  it.each([
    ['${NONE}', 'expected the environment variable `NONE`, or a default as in `${NONE:-…}`, found neither'],
    ['${toString}', 'expected the environment variable `toString`, or a default as in `${toString:-…}`, found neither'],
    ['${a b}', 'expected `${NAME}`, `${NAME:-default}`, or `$${` for a plain `${`, found `${a b}`'],
    ['${PORT', 'expected `${NAME}`, `${NAME:-default}`, or `$${` for a plain `${`, found `${PORT`'],
  ])('says what is wrong with %s', (text, message) => {
    expect(substituteReferences(text, env).problems.map((problem) => problem.message)).toEqual([message]);
  });
});
