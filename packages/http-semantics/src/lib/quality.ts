const qualityPattern = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/** Parses a weight from 0 to 1 with at most three decimals (RFC 9110 §12.4.2); 1 if absent, null if malformed. */
export function parseQuality(text: string | undefined): number | null {
  if (text === undefined) return 1;
  return qualityPattern.test(text) ? Number(text) : null;
}
