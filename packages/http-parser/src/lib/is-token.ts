import { isTokenByte } from './byte-class.ts';

/** Whether a string is an RFC 9110 §5.6.2 `token`. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (isTokenByte[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}
