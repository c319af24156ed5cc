import { type Clock, type HttpContext, systemClock } from '@windhover/core';
import {
  anyFunction,
  checkOptions,
  listOf,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { Codec, Coding } from './codec.ts';
import type { BreachRule, CompressionRules } from './decide-compression.ts';
import { optionError } from './errors.ts';
import { isCompressible, matchTypes } from './is-compressible.ts';

/** Options of `compression`. Everything is optional. */
export interface CompressionOptions {
  /**
   * The codings to offer, in order of preference: of those that a client likes equally, the first is used. Those that
   * the runtime does not have are left out. Default: `br`, `zstd`, `gzip`, `deflate`; Node has zstd since 22.15.
   */
  readonly encodings?: readonly Coding[];
  /**
   * How hard to compress: br 0–11, zstd 1–19 (above, the window is larger than RFC 9659 allows), gzip and deflate 1–9. Default: br 4, zstd 3, gzip and deflate 6, which
   * cost about the same time for an answer of 16 KB.
   */
  readonly levels?: Readonly<Partial<Record<Coding, number>>>;
  /**
   * Bytes below which a body is sent as it is. Default: 1,024, because one packet stays one packet. A body of unknown
   * length is compressed.
   */
  readonly minBytes?: number;
  /**
   * The media types to compress: a list such as `['text/*', 'application/json']`, or a function that gets
   * `type/subtype` in lower case. Default: `isCompressible`.
   */
  readonly types?: readonly string[] | ((essence: string) => boolean);
  /** Says no to single answers, once their head is known. Default: yes to all. */
  readonly when?: (context: HttpContext) => boolean;
  /**
   * Milliseconds that the bytes of a slow body may wait for more; 0: none. Default: 50, which nobody notices; events
   * (`text/event-stream`) never wait. `null`: as long as the encoder likes, which compresses best.
   */
  readonly flushMs?: number | null;
  /**
   * How many encoders may be open; further bodies that need one are sent uncompressed. Bodies up to 32 KiB need none.
   * Default: 256, because an encoder takes 0.4 (gzip) to 0.9 MB (br), so that all take at most about 220 MB. `null`: no
   * limit.
   */
  readonly maxEncoders?: number | null;
  /**
   * Which answers to leave uncompressed against BREACH, where an attacker's page sends requests with the user's cookies
   * and measures how well its guesses compress next to a secret. `cross-site`: those to requests with credentials that
   * a page of another site has sent. `credentials`: those to all requests with credentials. `off`: none. Default:
   * `cross-site`.
   */
  readonly breach?: BreachRule;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

/** Options with their defaults. */
export interface CompressionSettings extends CompressionRules {
  readonly codec: Codec;
  readonly levels: Readonly<Record<Coding, number>>;
  readonly when: ((context: HttpContext) => boolean) | null;
  readonly flushMs: number | null;
  readonly maxEncoders: number;
  readonly clock: Clock;
}

const codings: readonly Coding[] = ['br', 'zstd', 'gzip', 'deflate'];
const defaultLevels: Readonly<Record<Coding, number>> = { br: 4, zstd: 3, gzip: 6, deflate: 6 };
const levelRules: Rules<Record<Coding, number>> = {
  br: wholeNumber(0, 11),
  zstd: wholeNumber(1, 19),
  gzip: wholeNumber(1, 9),
  deflate: wholeNumber(1, 9),
};
const typePattern = /^(?:\*\/\*|[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+))$/;
const typeRule = rule('a media type such as text/*', (value) => typeof value === 'string' && typePattern.test(value));
const typeList = listOf('media types', typeRule);
const typesRule: Rule = {
  expected: 'a list of media types, or a function',
  fault: (value, path) => (typeof value === 'function' ? null : typeList.fault(value, path)),
};

const optionRules: Rules<CompressionOptions> = {
  encodings: listOf('codings', oneOf(...codings)),
  levels: rule('an object', (value) => typeof value === 'object' && value !== null),
  minBytes: wholeNumber(0),
  types: typesRule,
  when: anyFunction,
  flushMs: orNull(milliseconds('from 0 on')),
  maxEncoders: orNull(wholeNumber(0)),
  breach: oneOf('cross-site', 'credentials', 'off'),
  clock: withFunctions(['now', 'schedule']),
};

/** Checks the options and adds the defaults. Throws `COMPRESSION_OPTION_INVALID`. */
export function resolveCompression(codec: Codec, options: CompressionOptions): CompressionSettings {
  checkOptions(options, optionRules, optionError);
  const { levels = {}, types = isCompressible, encodings = codings, maxEncoders = 256 } = options;
  checkOptions(levels, levelRules, (fault) => optionError(`levels: ${fault}`));
  return {
    codec,
    encodings: encodings.filter((coding) => codec.codings.includes(coding)),
    levels: { ...defaultLevels, ...levels },
    minBytes: options.minBytes ?? 1024,
    isCompressible: typeof types === 'function' ? types : matchTypes(types),
    when: options.when ?? null,
    flushMs: options.flushMs === undefined ? 50 : options.flushMs,
    maxEncoders: maxEncoders ?? Number.POSITIVE_INFINITY,
    breach: options.breach ?? 'cross-site',
    clock: options.clock ?? systemClock,
  };
}
