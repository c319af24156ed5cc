/** A text that can be sent in a header: what a client has sent elsewhere may hold characters that cannot. */
export function sendable(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
