/** The size of each unit in base units, the smallest unit first. */
export type Units = Readonly<Record<string, number>>;

const amountPattern = /^(0|[1-9]\d{0,15})(?:\.(\d{1,9}))?([A-Za-z]+)$/;

/** Parses a number, or a number with a unit, as a whole number of base units; `undefined` for anything else. */
export function parseAmount(value: unknown, units: Units): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value + 0 : undefined;
  const [, whole, fraction = '', unit = ''] = (typeof value === 'string' && amountPattern.exec(value)) || [];
  if (whole === undefined || !Object.hasOwn(units, unit)) return undefined;
  // In whole numbers, because in floating point 1.005 × 1000 is 1004.9999999999999.
  const scaled = BigInt(whole + fraction) * BigInt(units[unit]!);
  const divisor = 10n ** BigInt(fraction.length);
  const amount = Number(scaled / divisor);
  return scaled % divisor === 0n && Number.isSafeInteger(amount) ? amount : undefined;
}

/** Formats an amount with the largest unit that divides it; otherwise with the smallest unit. */
export function formatAmount(amount: number, units: Units): string {
  let best = Object.entries(units)[0]!;
  for (const unit of Object.entries(units))
    if (amount !== 0 && amount % unit[1] === 0 && unit[1] > best[1]) best = unit;
  return `${amount / best[1]}${best[0]}`;
}

/**
 * Guesses what a text was meant to be: `10MB` for `10mb` and `10 MB`. `others` maps other lower-case names to units,
 * and `''` to the unit of a bare number.
 */
export function meantAmount(written: unknown, units: Units, others: Readonly<Record<string, string>>) {
  const [, number, unit = ''] =
    (typeof written === 'string' &&
      /^\s{0,9}0{0,9}(\d{1,16}(?:\.\d{1,9})?)\s{0,9}([a-z]{0,9})\s{0,9}$/i.exec(written)) ||
    [];
  const lower = unit.toLowerCase();
  const name = Object.keys(units).find((known) => known.toLowerCase() === lower) ?? ownValue(others, lower);
  const meant = `${number}${name}`;
  return parseAmount(meant, units) === undefined || meant === written ? undefined : meant;
}

function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
