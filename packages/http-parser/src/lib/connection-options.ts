import { splitList } from './split-list.ts';

export const HAS_CLOSE = 1;
export const HAS_KEEP_ALIVE = 2;
export const HAS_UPGRADE = 4;

/** The options of a Connection value that matter to a parser (RFC 9112 §9.3), as flags. */
export function connectionOptions(value: string): number {
  switch (value) {
    case 'keep-alive':
    case 'Keep-Alive':
      return HAS_KEEP_ALIVE;
    case 'close':
      return HAS_CLOSE;
  }
  let flags = 0;
  for (const option of splitList(value.toLowerCase())) flags |= flagOf(option);
  return flags;
}

function flagOf(option: string): number {
  switch (option) {
    case 'close':
      return HAS_CLOSE;
    case 'keep-alive':
      return HAS_KEEP_ALIVE;
    case 'upgrade':
      return HAS_UPGRADE;
    default:
      return 0;
  }
}
