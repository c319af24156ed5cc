import { isLineByte, isTokenByte } from './byte-class.ts';

/** The position of the next byte in `*( ";" name [ "=" ( token / quoted-string ) ] )` (RFC 9112 §7.1.1). */
export const NAME_START = 0;
const NAME = 1;
const VALUE_START = 2;
const VALUE = 3;
const QUOTED = 4;
const QUOTED_PAIR = 5;
const AFTER_QUOTED = 6;
/** The byte is not allowed there. */
export const REFUSED = -1;

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The position after one more byte. Line ends must not be passed in. White space outside quotes is refused. */
export function nextPlace(place: number, byte: number): number {
  switch (place) {
    case NAME_START:
      return isTokenByte[byte] === 1 ? NAME : REFUSED;
    case NAME:
      if (isTokenByte[byte] === 1) return NAME;
      if (byte === EQUALS) return VALUE_START;
      return byte === SEMICOLON ? NAME_START : REFUSED;
    case VALUE_START:
      if (byte === QUOTE) return QUOTED;
      return isTokenByte[byte] === 1 ? VALUE : REFUSED;
    case VALUE:
      if (isTokenByte[byte] === 1) return VALUE;
      return byte === SEMICOLON ? NAME_START : REFUSED;
    case QUOTED:
      if (byte === QUOTE) return AFTER_QUOTED;
      if (byte === BACKSLASH) return QUOTED_PAIR;
      return isLineByte[byte] === 1 ? QUOTED : REFUSED;
    case QUOTED_PAIR:
      return isLineByte[byte] === 1 ? QUOTED : REFUSED;
    default:
      return byte === SEMICOLON ? NAME_START : REFUSED;
  }
}

/** Whether the line may end at this position. */
export function canEndAt(place: number): boolean {
  return place === NAME || place === VALUE || place === AFTER_QUOTED;
}
