import { formatAmount, meantAmount, parseAmount } from './amount.ts';

const units = {
  B: 1,
  KB: 1000,
  KiB: 1024,
  MB: 1000 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  GiB: 1024 ** 3,
  TB: 1000 ** 4,
  TiB: 1024 ** 4,
};

const otherNames = {
  '': 'B', // a quoted number probably means the same
  byte: 'B',
  bytes: 'B',
  ...{ k: 'KB', m: 'MB', g: 'GB', t: 'TB' },
  ...{ ki: 'KiB', mi: 'MiB', gi: 'GiB', ti: 'TiB' },
};

/** Completes the sentence "expected …". */
export const sizeExpected = 'a size such as `64KB`, `10MiB` or a number of bytes';

/**
 * Parses a size: `64KB`, `10MB`, `1GB`, `1TB` are powers of 1000, `64KiB` and so on powers of 1024, `500B` and a number
 * are bytes. A fraction is allowed if the result is whole bytes: `1.5MB`. Returns bytes, `undefined` for anything else.
 */
export function parseSize(value: unknown): number | undefined {
  return parseAmount(value, units);
}

/** Formats whole bytes for `parseSize`: `10MB`, `64KiB`, `1500B`. */
export function formatSize(bytes: number): string {
  return formatAmount(bytes, units);
}

/** Guesses what an invalid size was meant to be: `10MB` for `10mb`, `10m` and `10 MB`. */
export function meantSize(written: unknown): string | undefined {
  return meantAmount(written, units, otherNames);
}
