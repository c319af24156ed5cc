/** How much of the base unit each unit is, the smallest first. */
export type Units = Readonly<Record<string, number>>;

const amountPattern = /^(0|[1-9]\d{0,15})(?:\.(\d{1,9}))?([A-Za-z]+)$/;

/** A whole number, or a number with one of the units that makes a whole number of base units; `undefined` for anything else. */
export function parseAmount(value: unknown, units: Units): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value + 0 : undefined;
  const [, whole, fraction = '', unit = ''] = (typeof value === 'string' && amountPattern.exec(value)) || [];
  if (whole === undefined || !Object.hasOwn(units, unit)) return undefined;
  // Whole numbers: as a floating-point number 1.005 × 1000 is 1004.9999999999999.
  const scaled = BigInt(whole + fraction) * BigInt(units[unit]!);
  const divisor = 10n ** BigInt(fraction.length);
  const amount = Number(scaled / divisor);
  return scaled % divisor === 0n && Number.isSafeInteger(amount) ? amount : undefined;
}

/** With the unit that gives the smallest whole number; what is not whole has the smallest unit. */
export function formatAmount(amount: number, units: Units): string {
  let best = Object.entries(units)[0]!;
  for (const unit of Object.entries(units))
    if (amount !== 0 && amount % unit[1] === 0 && unit[1] > best[1]) best = unit;
  return `${amount / best[1]}${best[0]}`;
}

/**
 * How a text was probably meant: `10MB` for `10mb` and `10 MB`. `others` has other names of units in lower-case letters, and `''` for
 * what a number without a unit is.
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
