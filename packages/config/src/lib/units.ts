import {
  byteRateExpected,
  durationExpected,
  formatDuration,
  formatSize,
  meantByteRate,
  meantDuration,
  meantSize,
  parseByteRate,
  parseDuration,
  parseRate,
  parseSize,
  type Rate,
  rateExpected,
  sizeExpected,
} from '@windhover/options';
import { z } from 'zod';

/** How a unit is parsed and described. */
interface Unit<T> {
  /** Completes "expected …". */
  readonly expected: string | ((written: unknown) => string);
  /** Describes the values for other messages. Default: `expected`. */
  readonly title?: string;
  readonly parse: (value: unknown) => T | undefined;
  readonly meant?: (written: unknown) => string | undefined;
}

/**
 * A schema of durations: `30s`, `5m`, or milliseconds as a number. Returns milliseconds, `minMs` or more (default: 0). A number from 1 to 999
 * is refused: whoever writes `timeout: 10` means seconds.
 *
 * @param leastNumber the least number that may stand without a unit. `Infinity`: none but 0
 */
export function duration(minMs = 0, leastNumber = 1000): z.ZodType<number> {
  const lacksUnit = (written: unknown): boolean => typeof written === 'number' && written > 0 && written < leastNumber;
  const parse = atLeast(minMs, parseDuration);
  const title = bounded(durationExpected, minMs, formatDuration);
  return unit({
    expected: (written) => (lacksUnit(written) ? unitExpected : title),
    parse: (written) => (lacksUnit(written) ? undefined : parse(written)),
    meant: (written) => (lacksUnit(written) ? `${written}s` : meantDuration(written)),
    title,
  });
}

const unitExpected = 'a unit, as in `10s` or `10ms`, since a number alone means milliseconds';

/** A schema of sizes: `64KB`, `10MiB`, or bytes as a number. Returns bytes, `minBytes` or more (default: 0). */
export function size(minBytes = 0): z.ZodType<number> {
  const title = bounded(sizeExpected, minBytes, formatSize);
  // Whoever writes 100 where a megabyte is the least means megabytes.
  const lacksUnit = (written: unknown) => typeof written === 'number' && written > 0 && written < minBytes;
  return unit({
    expected: (written) => (lacksUnit(written) ? `${title}: a number alone means bytes, so write a unit` : title),
    parse: atLeast(minBytes, parseSize),
    meant: meantSize,
    title,
  });
}

/** A schema of speeds: `500KB/s`, or bytes per second as a number. Returns bytes per second. */
export function byteRate(): z.ZodType<number> {
  return unit({ expected: byteRateExpected, parse: parseByteRate, meant: meantByteRate });
}

/** A schema of rates: `10/s`, `500/15m`. */
export function rate(): z.ZodType<Rate> {
  return unit({ expected: rateExpected, parse: parseRate });
}

/** Creates a schema of a map that may be written as a single value, which is then used as the option `key`. */
export function orAlone<Options extends z.ZodObject>(
  key: keyof Options['shape'] & string,
  options: Options,
): z.ZodType<z.output<Options>> {
  const alone = (options.shape as Readonly<Record<string, z.ZodType>>)[key]!;
  // What stands alone is read once: `20ms` has become 20, which would be refused as a number without a unit.
  const read = z.object({ ...options.shape, [key]: z.unknown() });
  const wrapped = alone.transform((value) => ({ [key]: value })).pipe(read as z.ZodType as never);
  return z.union([wrapped, options]) as z.ZodType as z.ZodType<z.output<Options>>;
}

function unit<T>({ expected, parse, meant, title = String(expected) }: Unit<T>): z.ZodType<T> {
  return z.union([z.string().meta({ title }), z.number().meta({ title })]).transform((written, context) => {
    const read = parse(written);
    if (read !== undefined) return read;
    const params = { suggestion: meant?.(written) };
    const what = typeof expected === 'string' ? expected : expected(written);
    context.addIssue({ code: 'custom', message: `expected ${what}`, params });
    return z.NEVER;
  });
}

/** Adds the minimum to the description, if there is one. */
function bounded(expected: string, least: number, format: (value: number) => string): string {
  return least === 0 ? expected : `${expected}, ${format(least)} or more`;
}

function atLeast(least: number, parse: (value: unknown) => number | undefined): Unit<number>['parse'] {
  return (value) => {
    const read = parse(value);
    return read === undefined || read < least ? undefined : read;
  };
}
