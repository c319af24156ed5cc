/** Where the user is: the name of a page and what follows it, from the fragment of the address: `#/traces/42`. */
export interface Route {
  readonly page: string;
  readonly rest: string | null;
  /** The address names no page. */
  readonly isDefault: boolean;
}

export function parseRoute(hash: string): Route {
  const [page = '', ...rest] = hash.replace(/^#?\/?/, '').split('/');
  return {
    page: page === '' ? 'overview' : page,
    isDefault: page === '',
    rest: rest.length === 0 ? null : decode(rest.join('/')),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}
