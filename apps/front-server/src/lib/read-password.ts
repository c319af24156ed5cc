import { createInterface } from 'node:readline';

/** Where a password is typed: `process.stdin`, or something like it. */
export interface PasswordInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/**
 * The first line of `input`. From a terminal it is asked for on `prompt` and not shown. `null` if the input ends, or the
 * user presses Ctrl+C.
 */
export async function readPassword(input: PasswordInput, prompt: (text: string) => void): Promise<string | null> {
  if (input.isTTY === true) return readHidden(input, prompt);
  for await (const line of createInterface({ input })) return line;
  return null;
}

async function readHidden(input: PasswordInput, prompt: (text: string) => void): Promise<string | null> {
  prompt('Password: ');
  input.setRawMode?.(true);
  try {
    let typed = '';
    for await (const chunk of input) {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return typed;
        if (character === '\u0003' || character === '\u0004') return null;
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    }
    return null;
  } finally {
    input.setRawMode?.(false);
    prompt('\n');
  }
}
