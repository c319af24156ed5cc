/** The number of names whose last value is remembered: more than a server sends. */
const maxNames = 64;
/** Values up to this length are worth remembering; longer ones differ from answer to answer. */
const maxValueLength = 128;

interface LastValue {
  value: string;
  /** Made when the value comes for the second time. */
  line: string | null;
}

const lastValues = new Map<string, LastValue>();

/**
 * Returns a field with its line end. Most fields of most answers are the same each time, so their lines are made once.
 */
export function fieldLine(name: string, value: string): string {
  const last = lastValues.get(name);
  if (last?.value === value) return (last.line ??= flat(`${name}: ${value}\r\n`));
  if (value.length <= maxValueLength) {
    if (last !== undefined) {
      last.value = value;
      last.line = null;
    } else if (lastValues.size < maxNames) {
      lastValues.set(name, { value, line: null });
    }
  }
  return `${name}: ${value}\r\n`;
}

let tailDate = '';
let tails: (string | undefined)[] = [];

/**
 * Returns the end of the usual head: the date, a length below 1024, and the empty line. Made once a second for each
 * length.
 */
export function usualTail(date: string, length: number): string {
  if (date !== tailDate) {
    tailDate = date;
    tails = new Array(1024).fill(undefined);
  }
  return (tails[length] ??= flat(`${date}Content-Length: ${length}\r\n\r\n`));
}

/**
 * Returns the same text as one flat string: V8 keeps a concatenated string as a tree, and walks it each time it is
 * sent.
 */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
