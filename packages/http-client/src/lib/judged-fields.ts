/**
 * Header fields as text, each line with its CRLF. The maker promises that every name and value is valid, as those of a
 * parsed message are, and that Host, framing and connection fields are not among them: they are not judged again, which
 * is a fifth of the time of a proxied request.
 */
export class JudgedFields {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
