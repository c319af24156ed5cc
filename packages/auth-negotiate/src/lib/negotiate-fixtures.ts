import type { KerberosAcceptor, KerberosModule } from './kerberos-module.ts';

export const encode = (text: string): string => Buffer.from(text).toString('base64');

/** Its tokens are names; it works as the package does: a step that is not the last one rejects. */
class FakeAcceptor implements KerberosAcceptor {
  username: string | null = null;
  response: string | null = null;
  contextComplete = false;
  private steps = '';

  async step(token: string): Promise<string | null> {
    const text = Buffer.from(token, 'base64').toString();
    this.response = null;
    if (text === 'bad') throw new Error('Unspecified GSS failure: Ticket expired');
    this.response = encode(`after ${text}`);
    this.steps += text;
    if (text.startsWith('more')) throw new Error('An invalid name was supplied');
    this.contextComplete = true;
    this.username = this.steps;
    return this.response;
  }
}

export const fakeKerberos: KerberosModule = { initializeServer: async () => new FakeAcceptor() };
