import { describe, expect, it } from 'vitest';
import { describeError } from './describe-error.ts';

describe('describeError()', () => {
  it('gives message and stack', () => {
    expect(describeError(new TypeError('x is no function'))).toMatch(
      /^TypeError: x is no function\n {4}at .*describe-error\.test\.ts/,
    );
  });

  it('leaves out unwanted stack lines, but nothing of the message', () => {
    const error = new Error('lines\n  of a message');
    expect(describeError(error, () => false)).toBe('Error: lines\n  of a message');
    const isOurs = (frame: string): boolean => frame.includes('describe-error.test.ts');
    expect(describeError(error, isOurs).split('\n').slice(2).every(isOurs)).toBe(true);
  });

  it('gives causes and parts', () => {
    const cause = new Error('refused', { cause: 'no route' });
    const error = new AggregateError([new Error('on ::1'), new Error('on 127.0.0.1')], 'both', { cause });
    expect(describeError(error, () => false)).toBe(
      'AggregateError: both\nOne of its errors: Error: on ::1\nOne of its errors: Error: on 127.0.0.1\nCaused by: Error: refused\nCaused by: no route',
    );
  });

  it('ends with causes in a circle, a long row of them, and thousands of parts', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(describeError(error, () => false)).toBe('Error: a\nCaused by: Error: b\nCaused by: the same again');
    let row = new Error('c');
    for (let count = 0; count < 1000; count++) row = new Error('c', { cause: row });
    expect(describeError(row, () => false).match(/Error: c/g)).toHaveLength(5);
    const parts = Array.from({ length: 1000 }, () => new Error('d'));
    expect(describeError(new AggregateError(parts), () => false).match(/Error: d/g)).toHaveLength(4);
  });

  const hostile = {
    [Symbol.for('nodejs.util.inspect.custom')]() {
      throw new Error('no');
    },
  };
  const withoutStack = Object.defineProperty(new Error('a'), 'stack', {
    get() {
      throw new Error('no');
    },
  });
  it.each<[string, unknown, string]>([
    ['a text', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', { code: 7 }, '{ code: 7 }'],
    ['an object without a prototype', Object.create(null), '[Object: null prototype] {}'],
    ['an object that does not want to be seen', hostile, '[object Object]'],
    ['an error whose stack cannot be had', withoutStack, 'Error: a'],
    ['an error whose stack is none', Object.assign(new Error('a'), { stack: [1] }), 'Error: a'],
  ])('takes %s', (_what, thrown, text) => {
    expect(describeError(thrown)).toBe(text);
  });
});
