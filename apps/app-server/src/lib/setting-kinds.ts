import { clientPolicy } from '@windhover/client-address';
import {
  byteRateExpected,
  durationExpected,
  formatDuration,
  meantByteRate,
  meantDuration,
  meantSize,
  parseByteRate,
  parseDuration,
  parseSize,
  sizeExpected,
} from '@windhover/options';
import { z } from 'zod';

/** The type of a setting: a typed value in a file, text in a flag or a variable. */
export interface SettingKind<T> {
  /** The schema for files. */
  readonly schema: z.ZodType<T>;
  /** The placeholder after the flag in the help; '' for a switch. */
  readonly placeholder: string;
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** Parses a flag or a variable; `undefined` if it is not valid. */
  read(text: string): T | undefined;
  /** Explains why a text is not valid, if there is more to say than `expected`. */
  reason?(text: string): string | undefined;
}

/** A whole number. */
export function number(min: number, max = Number.MAX_SAFE_INTEGER): SettingKind<number> {
  const isOpen = max === Number.MAX_SAFE_INTEGER;
  return {
    schema: z.int().min(min).max(max),
    placeholder: '<number>',
    expected: isOpen ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`,
    read: (text) => readNumber(text, min, max),
  };
}

/** A whole number or `none`, which may also be written `null`. */
export function numberOrNone(min: number): SettingKind<number | null> {
  const expected = `a whole number, ${min} or more, or none`;
  const schema = z.union([z.int().min(min).meta({ title: expected }), z.null().meta({ title: expected })]);
  return {
    schema: z.preprocess(noneAsNull, schema),
    placeholder: '<number>',
    expected,
    read: (text) => (isNone(text) ? null : readNumber(text, min, Number.MAX_SAFE_INTEGER)),
  };
}

/** A time, in milliseconds: `30s`, or a bare number of milliseconds. */
export function duration(minMs: number, maxMs = Number.MAX_SAFE_INTEGER): SettingKind<number> {
  const most = maxMs === Number.MAX_SAFE_INTEGER ? '' : `, ${formatDuration(maxMs)} or less`;
  const expected = `${durationExpected}, ${formatDuration(minMs)} or more${most}`;
  return kindOfText('<duration>', expected, withinRange(parseDuration, minMs, maxMs), meantDuration);
}

/** A time, or `none`. */
export function durationOrNone(minMs: number): SettingKind<number | null> {
  return orNone(duration(minMs), meantDuration);
}

/** A size, in bytes: `10MB`, or a bare number of bytes. */
export function size(minBytes: number): SettingKind<number> {
  const expected = minBytes === 0 ? sizeExpected : `${sizeExpected}, ${minBytes} or more`;
  return kindOfText('<size>', expected, withinRange(parseSize, minBytes, Number.MAX_SAFE_INTEGER), meantSize);
}

/** A size, or `none`. */
export function sizeOrNone(minBytes: number): SettingKind<number | null> {
  return orNone(size(minBytes), meantSize);
}

/** Bytes per second, `1KB/s` or a bare number, or `none`. */
export const byteRateOrNone: SettingKind<number | null> = orNone(
  kindOfText('<rate>', byteRateExpected, withinRange(parseByteRate, 1, Number.MAX_SAFE_INTEGER), meantByteRate),
  meantByteRate,
);

/** A number of processes, `auto` for as many as can run at the same time, or `none`. */
export const processes: SettingKind<number | 'auto' | null> = kindOfText(
  '<number>',
  'a whole number from 1 to 1024, auto or none',
  (text) => (isNone(text) ? null : text === 'auto' ? text : readNumber(text, 1, 1024)),
);

/** File permissions as `chmod` takes them. The owner must have read and write access, which rules out other notations: `0o660` in YAML is 432. */
export const fileMode: SettingKind<number> = kindOfText(
  '<mode>',
  'permissions as three octal digits, 660 for instance, the first of them 6 or 7',
  (text) => (/^0?[67][0-7]{2}$/.test(text) ? Number.parseInt(text, 8) : undefined),
);

export function text(placeholder: string): SettingKind<string> {
  return {
    schema: z.string().min(1),
    placeholder,
    expected: 'a text',
    read: (given) => (given === '' ? undefined : given),
  };
}

/** The proxies to trust, or `none`: a list in a file, otherwise separated by commas. */
export const networks: SettingKind<readonly string[] | null> = {
  schema: z.preprocess(
    noneAsNull,
    z.union([
      z
        .array(z.string().superRefine((entry, context) => void addReason(entry, context)))
        .meta({ title: 'a list of networks' }),
      z.null().meta({ title: 'none' }),
    ]),
  ),
  placeholder: '<networks>',
  expected: 'addresses or networks, separated by commas, or none',
  read: (given) => {
    if (isNone(given)) return null;
    const entries = entriesOf(given);
    return entries.every((entry) => whyNotTrusted(entry) === null) ? entries : undefined;
  },
  reason: (given) => {
    const wrong = entriesOf(given).find((entry) => whyNotTrusted(entry) !== null);
    return wrong === undefined || wrong === '' ? undefined : `${whyNotTrusted(wrong)}, found ${JSON.stringify(wrong)}`;
  },
};

export function choice<const T extends string>(...values: readonly [T, ...T[]]): SettingKind<T> {
  return {
    schema: z.enum(values),
    placeholder: `<${values.join('|')}>`,
    expected: values.join(' or '),
    read: (given) => values.find((value) => value === given),
  };
}

export const onOff: SettingKind<boolean> = {
  schema: z.boolean(),
  placeholder: '',
  expected: 'true or false',
  read: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
};

/** Creates a kind that is parsed as text in a file too, even if it is written without quotes. */
function kindOfText<T>(
  placeholder: string,
  expected: string,
  read: (text: string) => T | undefined,
  meant: (text: string) => string | undefined = () => undefined,
): SettingKind<T> {
  const schema = z.union([z.string(), z.number(), z.null()]).transform((value, context): T => {
    const found = read(String(value));
    if (found !== undefined) return found;
    const params = { suggestion: meant(String(value)) };
    context.addIssue({ code: 'custom', message: `expected ${expected}`, params });
    return z.NEVER;
  });
  return { schema, placeholder, expected, read };
}

function orNone(
  { placeholder, expected, read }: SettingKind<number>,
  meant: (text: string) => string | undefined,
): SettingKind<number | null> {
  return kindOfText(placeholder, `${expected}, or none`, (given) => (isNone(given) ? null : read(given)), meant);
}

/** Limits a parser to a range. A bare number is in the smallest unit. */
function withinRange(parse: (value: unknown) => number | undefined, min: number, max: number) {
  return (given: string): number | undefined => {
    const value = parse(/^[0-9]+$/.test(given) ? Number(given) : given);
    return value === undefined || value < min || value > max ? undefined : value;
  };
}

function entriesOf(given: string): readonly string[] {
  return given.split(',').map((entry) => entry.trim());
}

function addReason(entry: string, context: z.RefinementCtx): void {
  const why = whyNotTrusted(entry);
  if (why !== null) context.addIssue(why);
}

/** Returns the reason from the module that will use the entry, without the name of its function. */
function whyNotTrusted(entry: string): string | null {
  try {
    clientPolicy({ trust: [entry] });
    return null;
  } catch (error) {
    const { message } = error as Error;
    const quoted = `${JSON.stringify(entry)}: `;
    return message.slice(message.indexOf(quoted) + quoted.length);
  }
}

function isNone(text: string): boolean {
  return text === 'none' || text === 'null';
}

function noneAsNull(value: unknown): unknown {
  return value === 'none' ? null : value;
}

function readNumber(given: string, min: number, max: number): number | undefined {
  const value = Number(given);
  return /^[0-9]+$/.test(given) && value >= min && value <= max ? value : undefined;
}
