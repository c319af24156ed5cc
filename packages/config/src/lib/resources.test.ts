import { runHandler } from '@windhover/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { definition, events, testServices } from './config-fixtures.ts';
import { formatProblems } from './format-problems.ts';
import { loadConfig } from './load-config.ts';
import { createSiteHandler } from './site-handler.ts';

beforeEach(() => {
  events.length = 0;
});

async function load(greetings: string, greet: string) {
  const text = `greetings: ${greetings}\nsites: { a: { routes: [{ path: /, greet: { with: ${greet} } }] } }\n`;
  return loadConfig({ file: 'w', text }, definition, testServices());
}

async function greeting(greetings: string, greet: string): Promise<string> {
  const loaded = await load(greetings, greet);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return (await runHandler(createSiteHandler(loaded.config), '/')).text();
}

async function problems(greetings: string, greet: string): Promise<string[]> {
  const loaded = await load(greetings, greet);
  return loaded.ok ? [] : loaded.problems.map(({ path, message, suggestion }) => `${path}: ${message} → ${suggestion}`);
}

describe('named resources', () => {
  it.each([
    ['{ a: { words: hi } }', 'a', 'hi'],
    ['{ a: { loud: hi } }', 'a', 'HI'],
    ['{ a: { words: hi, like: b }, b: { words: there } }', 'a', 'hi there'],
    ['{}', '{ words: in place }', 'in place'],
    ['{}', '{ loud: in place }', 'IN PLACE'],
  ])('are found by name or made in place: %s %s', async (greetings, greet, words) => {
    expect(await greeting(greetings, greet)).toBe(words);
  });

  it.each([
    ['{ hello: { words: x } }', 'helo', 'expected the name of a greeting (`hello`), found "helo" → hello'],
    ['{ a: { words: x, like: c } }', 'a', 'greetings.a.like: expected the name of a greeting (`a`), found "c" → null'],
  ])('that do not exist are told once, with the nearest name: %s', async (greetings, greet, problem) => {
    expect(await problems(greetings, greet)).toEqual([expect.stringContaining(problem)]);
  });

  it('that need each other are told', async () => {
    expect(await problems('{ a: { words: x, like: b }, b: { words: y, like: a } }', 'a')).toEqual([
      'greetings.b.like: expected resources that do not need each other (greetings.a → greetings.b → greetings.a), found "a" → null',
    ]);
  });

  it('are checked even where nobody uses them', async () => {
    expect(await problems('{ a: { words: x }, b: { words: 5 } }', 'a')).toEqual([
      'greetings.b.words: expected a text, found 5 → null',
    ]);
  });

  it('are prepared before what needs them, and disposed of after it', async () => {
    const loaded = await load('{ a: { words: x, like: b }, b: { words: y } }', 'a');
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    await loaded.config.prepare();
    await loaded.config.dispose();
    expect(events).toEqual(['prepare b', 'prepare a', 'dispose a', 'dispose b']);
  });
});
