import { describe, expect, it } from 'vitest';
import { checkOptions, type Rules } from './check-options.ts';
import { kindOf } from './describe-value.ts';
import {
  anyFunction,
  anyObject,
  anyText,
  listOf,
  milliseconds,
  oneOf,
  orNull,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from './rules.ts';

interface Options {
  readonly port?: number;
  readonly workers?: number;
  readonly timeoutMs?: number | null;
  readonly lingerMs?: number;
  readonly driver?: 'borrow' | 'data';
  readonly isOpen?: boolean;
  readonly root?: string;
  readonly limits?: object;
  readonly layers?: readonly (() => void)[];
  readonly clock?: object;
  readonly key?: string;
  readonly onRefused?: () => void;
}

const rules: Rules<Options> = {
  port: wholeNumber(0, 65_535),
  workers: wholeNumber(1),
  timeoutMs: orNull(milliseconds('above 0')),
  lingerMs: milliseconds('from 0 on'),
  driver: oneOf('borrow', 'data'),
  isOpen: trueOrFalse,
  root: anyText,
  limits: anyObject,
  layers: listOf('functions', anyFunction),
  clock: withFunctions(['now', 'schedule']),
  key: rule('a key of 8 characters', (value) => typeof value === 'string' && value.length === 8, kindOf),
  onRefused: anyFunction,
};

const check = (options: unknown): void => checkOptions(options as Options, rules, (message) => new TypeError(message));

describe('checkOptions()', () => {
  it.each([
    [{}],
    [{ port: 0, workers: 1, timeoutMs: null, lingerMs: 0, driver: 'data', isOpen: false, root: '/', limits: {} }],
    [{ layers: [], clock: { now() {}, schedule() {} }, key: '12345678', onRefused() {}, timeoutMs: 0.5 }],
    [{ port: undefined }],
    [Object.create(null)],
  ])('has nothing to say of %o', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [{ port: 65_536 }, 'port: expected a whole number from 0 to 65535, found 65536'],
    [{ port: '80' }, 'port: expected a whole number from 0 to 65535, found "80"'],
    [{ port: null }, 'port: expected a whole number from 0 to 65535, found null'],
    [{ workers: 0 }, 'workers: expected a whole number, 1 or more, found 0'],
    [{ workers: 1.5 }, 'workers: expected a whole number, 1 or more, found 1.5'],
    [{ timeoutMs: 0 }, 'timeoutMs: expected milliseconds above 0, or null for no limit, found 0'],
    [{ timeoutMs: '30s' }, 'timeoutMs: expected milliseconds above 0, or null for no limit, found "30s"'],
    [{ lingerMs: -1 }, 'lingerMs: expected milliseconds from 0 on, found -1'],
    [{ lingerMs: Number.POSITIVE_INFINITY }, 'lingerMs: expected milliseconds from 0 on, found Infinity'],
    [{ lingerMs: Number.NaN }, 'lingerMs: expected milliseconds from 0 on, found NaN'],
    [{ driver: 'fast' }, `driver: expected 'borrow' or 'data', found "fast"`],
    [{ isOpen: 'no' }, 'isOpen: expected true or false, found "no"'],
    [{ root: '' }, 'root: expected a text, found ""'],
    [{ limits: [] }, 'limits: expected an object, found an Array'],
    [{ layers: check }, 'layers: expected a list of functions, found a function'],
    [{ layers: [check, 'log'] }, 'layers[1]: expected a function, found a string'],
    [{ clock: { now: 5 } }, 'clock: expected an object with now(), schedule(), found { now }'],
    [{ clock: null }, 'clock: expected an object with now(), schedule(), found null'],
    [{ key: 'secret' }, 'key: expected a key of 8 characters, found a string'],
    [{ onRefused: 'log' }, 'onRefused: expected a function, found a string'],
    [null, 'the options: expected an object, found null'],
    ['tls', 'the options: expected an object, found a string'],
    [[], 'the options: expected an object, found an Array'],
    [Promise.resolve(), 'the options: expected an object, found a Promise'],
  ])('refuses %o', (options, message) => {
    expect(() => check(options)).toThrow(new TypeError(message));
  });

  it('says which name was probably meant', () => {
    expect(() => check({ on_refused: null })).toThrow(/found `on_refused`\. Did you mean `onRefused`\?$/);
  });

  it.each(['toString', '__proto__', 'constructor'])('takes no name that objects inherit: %s', (name) => {
    expect(() => check(JSON.parse(`{ "${name}": 1 }`))).toThrow(`found \`${name}\``);
  });
});
