/** The content of the answer with that number: most are small, some take several blocks. */
export function contentOf(number) {
  const length = number % 10 === 0 ? 150_000 + number : number * 13;
  const content = new Uint8Array(length);
  for (let index = 0; index < length; index++) content[index] = (index * 31 + (index >> 8) + number * 7) & 255;
  return content;
}

/** Its description. */
export function metaOf(number) {
  return {
    key: `k${number}`,
    url: '',
    vary: [],
    variant: '',
    coding: '',
    codings: 255,
    status: 200,
    fields: ['x-number', String(number), 'X-Number'],
    length: null,
    storedAtMs: 0,
    initialAgeSeconds: 0,
    lifetimeSeconds: 60,
    staleWhileRevalidateSeconds: 0,
    staleIfErrorSeconds: 0,
    noCache: false,
    mustRevalidate: false,
    isAssigned: false,
    tags: [],
  };
}
