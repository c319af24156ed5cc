const qualityPattern = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/** Reads a weight between 0 and 1 with at most three decimals (RFC 9110 §12.4.2); 1 when absent, null when malformed. */
export function parseQuality(text: string | undefined): number | null {
  if (text === undefined) return 1;
  return qualityPattern.test(text) ? Number(text) : null;
}
