/**
 * The names in a decoded path in lower case, as they are and as programs read them that drop what follows: parameters
 * (`bin;x=1`), streams of NTFS (`web.config::$DATA`), and dots and spaces at the end (Windows).
 */
export function* pathNames(path: string): Generator<string> {
  const lower = path.toLowerCase();
  for (const name of lower.split(separators)) yield* readings(name);
  if (!isAscii.test(lower)) {
    // Full-width letters and the like, which Windows folds to ASCII.
    for (const name of path.normalize('NFKC').toLowerCase().split(separators)) yield* readings(name);
  }
}

/** The readings of the last name in a path that is not empty. */
export function lastNames(path: string): readonly string[] {
  const folded = isAscii.test(path) ? path : path.normalize('NFKC');
  const name = folded
    .toLowerCase()
    .split(separators)
    .findLast((each) => each !== '');
  return name === undefined ? [''] : [...readings(name)];
}

const separators = /[/\\]/;
const isAscii = /^[\0-\x7f]*$/;

function* readings(name: string): Generator<string> {
  yield name;
  const bare = bareName(name);
  if (bare !== name) yield bare;
}

/** Without what follows the first `;`, `:` or NUL, and without dots and spaces at the end. */
function bareName(name: string): string {
  let end = name.length;
  for (let index = 0; index < end; index++) {
    const code = name.charCodeAt(index);
    if (code === 0x3b || code === 0x3a || code === 0) end = index;
  }
  while (end > 0 && (name.charCodeAt(end - 1) === 0x2e || name.charCodeAt(end - 1) === 0x20)) end -= 1;
  return name.slice(0, end);
}
