import type { ServerLimits } from '@windhover/server';
import {
  byteRateOrNone,
  choice,
  duration,
  durationOrNone,
  fileMode,
  networks,
  number,
  numberOrNone,
  onOff,
  processes,
  type SettingKind,
  size,
  sizeOrNone,
  text,
} from './setting-kinds.ts';

/** One setting: as `--flag`, as `WINDHOVER_VARIABLE`, or in the configuration file. */
export interface Setting<T = unknown> {
  readonly kind: SettingKind<T>;
  /** The description for the help. */
  readonly about: string;
  /** The short flag, one letter; `''` for none. */
  readonly short: string;
}

function setting<T>(kind: SettingKind<T>, about: string, short = ''): Setting<T> {
  return { kind, about, short };
}

const count = number(1);
const countOrNone = numberOrNone(1);

/** Node's timers cannot run longer than 24.8 days. */
const longestTimerMs = 24 * 86_400_000;

/**
 * All settings except limits, under the headings of the help. In a file, limits are under `limits:` with their own names. A setting in
 * `featureSettings` concerns a feature, which has its own key in a file.
 */
export const settingGroups = {
  Application: {
    app: setting(text('<file>'), 'the module to host, if it is not the first argument'),
    config: setting(text('<file>'), 'a YAML or JSON file with settings', 'c'),
    watch: setting(onOff, 'start anew whenever a file beside the module changes'),
    static: setting(text('<folder>'), 'serve its files; the application is asked for what is not there'),
    compress: setting(onOff, 'compress answers, for clients that accept it'),
  },
  Listening: {
    port: setting(number(0, 65_535), 'default 8080; 0 takes one that is free', 'p'),
    host: setting(text('<address>'), 'default localhost; 0.0.0.0 or :: for every address of this machine'),
    unix: setting(text('<path>'), 'a Unix socket instead of host and port'),
    unixMode: setting(fileMode, 'permissions of its file, 660 for instance; default what the umask leaves'),
    https: setting(
      onOff,
      'HTTPS with a certificate of this machine for localhost; windhover trust makes browsers trust it',
    ),
    http2: setting(
      choice('alpn', 'prior-knowledge', 'never'),
      'how clients may ask for HTTP/2: in TLS (default), without TLS too, or never',
    ),
    tlsCert: setting(text('<file>'), 'HTTPS: the certificate chain, PEM'),
    tlsKey: setting(text('<file>'), 'HTTPS: its private key, PEM'),
    tlsStapling: setting(
      onOff,
      'HTTPS: send the answer of the OCSP responder that the certificate names along with it; default true',
    ),
    tlsClientCa: setting(text('<file>'), 'HTTPS: clients need a certificate that these authorities have signed, PEM'),
    tlsClientCrl: setting(text('<file>'), 'HTTPS: the revocation lists of these authorities, PEM'),
    tlsClientMode: setting(
      choice('require', 'request'),
      'without a valid one the handshake fails (default), or the application decides',
    ),
  },
  Processes: {
    workers: setting(processes, 'run so many worker processes, auto, or none; SIGHUP replaces them one by one', 'w'),
    readyTimeout: setting(duration(1, longestTimerMs), 'with workers: how long one may take to start; default 30s'),
    stopTimeout: setting(
      duration(1, longestTimerMs),
      'how long requests under way may take when stopping; default 30s',
    ),
    pingInterval: setting(
      duration(100, longestTimerMs),
      'with workers: asks each so often whether it hangs; default 30s',
    ),
    pingTimeout: setting(durationOrNone(100), 'one that does not answer in time is replaced, or none; default 90s'),
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

/** All limits of the server. The reference of `@windhover/server` explains their defaults and reasons. */
export const limitSettings = {
  maxConnections: setting(countOrNone, 'connections at a time'),
  maxConnectionsPerAddress: setting(countOrNone, 'the same for one client address'),
  maxRequestsPerConnection: setting(countOrNone, 'then it closes'),
  maxConnectionAgeMs: setting(durationOrNone(1), 'then it closes after an answer'),
  maxRequestLineBytes: setting(size(1), '414 beyond'),
  maxHeadersBytes: setting(size(1), '431 beyond'),
  maxHeaderCount: setting(count, '431 beyond'),
  maxRequestBodyBytes: setting(sizeOrNone(0), '413 beyond'),
  maxLeadingEmptyLines: setting(count, 'before a request line'),
  maxChunkExtensionBytes: setting(size(1), 'of one chunk'),
  maxTotalChunkExtensionBytes: setting(size(1), 'of one body'),
  maxTrailersBytes: setting(size(1), 'after a chunked body'),
  maxTrailerCount: setting(count, 'after a chunked body'),
  keepAliveTimeoutMs: setting(durationOrNone(1), 'idle time between requests'),
  headersTimeoutMs: setting(durationOrNone(1), 'from the first byte of a head to its last; 408 beyond'),
  minRequestBodyBytesPerSecond: setting(byteRateOrNone, '408 below'),
  minResponseBytesPerSecond: setting(byteRateOrNone, 'the connection is cut below'),
  rateGraceMs: setting(duration(1), 'how long the request rate may be missed'),
  responseGraceMs: setting(duration(1), 'how long the response rate may be missed'),
  maxBufferedBytes: setting(size(1), 'of requests that wait for their turn'),
  maxDiscardedBytes: setting(size(1), 'of a body that nobody read'),
  discardTimeoutMs: setting(duration(1), 'the time for that'),
  lingerTimeoutMs: setting(duration(1), 'after an answer that closes, without a byte'),
  maxLingerMs: setting(duration(1), 'the same in all'),
  maxLingerBytes: setting(sizeOrNone(1), 'what is read meanwhile'),
  maxConcurrentStreams: setting(count, 'requests under way on one HTTP/2 connection'),
  maxRequestsPerTurn: setting(count, 'pipelined requests answered in one go'),
} satisfies Record<keyof ServerLimits, Setting<number | null> | Setting<number>>;

type Flat<Groups> = Groups extends Record<string, infer Group> ? UnionToIntersection<Group> : never;
type UnionToIntersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type Value<S> = S extends Setting<infer T> ? T : never;

type GeneralSettings = Flat<typeof settingGroups>;

/** Settings that `none` switches off; for all others it means the default. */
export const switchedOffByNone = ['pingTimeout'] as const;

type Given<Name extends keyof GeneralSettings> = Name extends (typeof switchedOffByNone)[number]
  ? Value<GeneralSettings[Name]>
  : NonNullable<Value<GeneralSettings[Name]>>;

/** All values that were set, times in milliseconds. A missing value has its default. */
export type Settings = { readonly [Name in keyof GeneralSettings]?: Given<Name> } & {
  readonly limits: Partial<ServerLimits>;
};

/** Every setting by its name in the file, from which the names of flags and variables are derived. */
export const generalSettings: Readonly<Record<string, Setting>> = Object.assign({}, ...Object.values(settingGroups));

/** Flags and variables that concern a feature. In a file, the feature has a key of its own. */
export const featureSettings: readonly string[] = ['static', 'compress', 'trustProxy', 'forwarded', 'accessLog'];

/** Durations whose flags and variables once included the unit, such as `--stop-timeout-ms`. */
export const oldDurations: readonly string[] = ['readyTimeout', 'stopTimeout', 'pingInterval', 'pingTimeout'];

/** All settings including the limits. */
export const allSettings: Readonly<Record<string, Setting>> = { ...generalSettings, ...limitSettings };

/** Converts a name to a flag: `maxHeaderCount` is `--max-header-count`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Converts a name to a variable: `maxHeaderCount` is `WINDHOVER_MAX_HEADER_COUNT`. */
export function variableName(name: string): string {
  return `WINDHOVER_${flagName(name).replaceAll('-', '_').toUpperCase()}`;
}

/** Returns why a text is not valid, for a message. */
export function whyNot(kind: SettingKind<unknown>, given: string): string {
  return kind.reason?.(given) ?? `expected ${kind.expected}, found ${given === '' ? 'nothing' : JSON.stringify(given)}`;
}
