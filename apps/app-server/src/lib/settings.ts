import type { ServerLimits } from '@windhover/server';
import {
  choice,
  fileMode,
  networks,
  number,
  numberOrNone,
  onOff,
  processes,
  type SettingKind,
  text,
} from './setting-kinds.ts';

/** One thing that can be set: as `--flag`, as `WINDHOVER_VARIABLE`, or in the configuration file. */
export interface Setting<T = unknown> {
  readonly kind: SettingKind<T>;
  /** For the help. */
  readonly about: string;
  /** The flag as one letter; `''` for none. */
  readonly short: string;
}

function setting<T>(kind: SettingKind<T>, about: string, short = ''): Setting<T> {
  return { kind, about, short };
}

const size = number(1);
const count = number(1);
const countOrNone = numberOrNone(1);

/** What can be set, under the headings of the help. Limits stand below `limits:` in a file. */
export const settingGroups = {
  Application: {
    app: setting(text('<file>'), 'the module to host, if it is not the first argument'),
    config: setting(text('<file>'), 'a YAML or JSON file with settings', 'c'),
    watch: setting(onOff, 'start anew whenever a file beside the module changes'),
  },
  Listening: {
    port: setting(number(0, 65_535), 'default 8080; 0 takes one that is free', 'p'),
    host: setting(text('<address>'), 'default localhost; 0.0.0.0 or :: for every address of this machine'),
    unix: setting(text('<path>'), 'a Unix socket instead of host and port'),
    unixMode: setting(fileMode, 'permissions of its file, 660 for instance; default what the umask leaves'),
    tlsCert: setting(text('<file>'), 'HTTPS: the certificate chain, PEM'),
    tlsKey: setting(text('<file>'), 'HTTPS: its private key, PEM'),
  },
  Processes: {
    workers: setting(processes, 'run so many worker processes, auto, or none; SIGHUP replaces them one by one', 'w'),
    readyTimeoutMs: setting(number(1, 2 ** 31 - 1), 'with workers: how long one may take to start; default 30000'),
    stopTimeoutMs: setting(number(1, 2 ** 31 - 1), 'how long requests under way may take when stopping; default 30000'),
    pingIntervalMs: setting(
      number(100, 2 ** 31 - 1),
      'with workers: asks each so often whether it hangs; default 30000',
    ),
    pingTimeoutMs: setting(numberOrNone(100), 'one that does not answer in time is replaced, or none; default 90000'),
    balance: setting(onOff, 'with workers: =false leaves kept connections where they are'),
    control: setting(text('<path>'), 'with workers: a Unix socket for status, reload and stop'),
  },
  'Behind a proxy': {
    trustProxy: setting(
      networks,
      'whose word on the client counts: addresses, networks, loopback, private, linklocal, unix; default none',
    ),
    forwarded: setting(
      choice('x-forwarded', 'forwarded'),
      'which headers the proxy writes: X-Forwarded-* (default) or Forwarded',
    ),
  },
  Logs: {
    logFormat: setting(choice('pretty', 'json'), 'lines for people (default) or for machines'),
    accessLog: setting(onOff, 'write a line for each request'),
  },
} as const;

/** All limits of the server. Their defaults and reasons stand in the README of `@windhover/server`. */
export const limitSettings = {
  maxConnections: setting(countOrNone, 'connections at a time'),
  maxConnectionsPerAddress: setting(countOrNone, 'the same for one client address'),
  maxRequestsPerConnection: setting(countOrNone, 'then it closes'),
  maxConnectionAgeMs: setting(countOrNone, 'then it closes after an answer'),
  maxRequestLineBytes: setting(size, '414 beyond'),
  maxHeadersBytes: setting(size, '431 beyond'),
  maxHeaderCount: setting(size, '431 beyond'),
  maxRequestBodyBytes: setting(numberOrNone(0), '413 beyond'),
  maxLeadingEmptyLines: setting(size, 'before a request line'),
  maxChunkExtensionBytes: setting(size, 'of one chunk'),
  maxTotalChunkExtensionBytes: setting(size, 'of one body'),
  maxTrailersBytes: setting(size, 'after a chunked body'),
  maxTrailerCount: setting(size, 'after a chunked body'),
  keepAliveTimeoutMs: setting(countOrNone, 'idle time between requests'),
  headersTimeoutMs: setting(countOrNone, 'from the first byte of a head to its last; 408 beyond'),
  minRequestBodyBytesPerSecond: setting(countOrNone, '408 below'),
  minResponseBytesPerSecond: setting(countOrNone, 'the connection is cut below'),
  rateGraceMs: setting(count, 'how long the request rate may be missed'),
  responseGraceMs: setting(count, 'how long the response rate may be missed'),
  maxBufferedBytes: setting(count, 'of requests that wait for their turn'),
  maxDiscardedBytes: setting(count, 'of a body that nobody read'),
  discardTimeoutMs: setting(count, 'the time for that'),
  lingerTimeoutMs: setting(count, 'after an answer that closes, without a byte'),
  maxLingerMs: setting(count, 'the same in all'),
  maxLingerBytes: setting(countOrNone, 'what is read meanwhile'),
  maxRequestsPerTurn: setting(count, 'pipelined requests answered in one go'),
} satisfies Record<keyof ServerLimits, Setting<number | null> | Setting<number>>;

type Flat<Groups> = Groups extends Record<string, infer Group> ? UnionToIntersection<Group> : never;
type UnionToIntersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type Value<S> = S extends Setting<infer T> ? T : never;

type GeneralSettings = Flat<typeof settingGroups>;

/** Those that `none` switches off; elsewhere it means the default. */
export const switchedOffByNone = ['pingTimeoutMs'] as const;

type Given<Name extends keyof GeneralSettings> = Name extends (typeof switchedOffByNone)[number]
  ? Value<GeneralSettings[Name]>
  : NonNullable<Value<GeneralSettings[Name]>>;

/** Everything somebody has set; what is missing has its default. */
export type Settings = { readonly [Name in keyof GeneralSettings]?: Given<Name> } & {
  readonly limits: Partial<ServerLimits>;
};

/** Every setting by its name in the file. */
export const generalSettings: Readonly<Record<string, Setting>> = Object.assign({}, ...Object.values(settingGroups));

/** The limits too. */
export const allSettings: Readonly<Record<string, Setting>> = { ...generalSettings, ...limitSettings };

/** `maxHeaderCount` is `--max-header-count`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `maxHeaderCount` is `WINDHOVER_MAX_HEADER_COUNT`. */
export function variableName(name: string): string {
  return `WINDHOVER_${flagName(name).replaceAll('-', '_').toUpperCase()}`;
}

/** Why a text was not read, for a message. */
export function whyNot(kind: SettingKind<unknown>, given: string): string {
  return kind.reason?.(given) ?? `expected ${kind.expected}, found ${given === '' ? 'nothing' : JSON.stringify(given)}`;
}
