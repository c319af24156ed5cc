import { lastNames, pathNames } from './path-names.ts';

/** The extensions that the last name can be read to have, in lower case; `.` for none. */
export function extensionsOf(text: string): readonly string[] {
  return lastNames(text).map((name) => {
    const dot = name.lastIndexOf('.');
    return dot < 0 ? '.' : name.slice(dot);
  });
}

/** The extensions of all names, if more than one can have one: PHP, CGI and IIS take `/a.php/x` for the file `/a.php` and more path for it. */
export function outerExtensionsOf(text: string): readonly string[] {
  if (isAscii.test(text) && !dotBeforeSeparator.test(text)) return [];
  const found: string[] = [];
  for (const name of pathNames(text)) {
    const dot = name.lastIndexOf('.');
    if (dot >= 0 && dot < name.length - 1) found.push(name.slice(dot));
  }
  return found;
}

const isAscii = /^[\0-\x7f]*$/;
const dotBeforeSeparator = /^[^.]*\.[^/\\]*[/\\]/;
