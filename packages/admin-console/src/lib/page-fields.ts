/** Nothing but the page's own files and its own server. Styles that a script sets through the DOM are not inline styles. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** On every answer of the console, errors included. */
export const commonFields: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The page must be asked for each time, as it names the assets; the name of an asset changes with its content. */
export const cacheFields = {
  page: 'no-cache',
  asset: 'public, max-age=31536000, immutable',
} as const;
