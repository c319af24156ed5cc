import net from 'node:net';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';

/** A client that sends what it is told, and shows every reply. */
export class FtpClient {
  socket: net.Socket;
  private text = '';
  private wake: (() => void) | null = null;
  private isClosed = false;
  session: Buffer | undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.listen(socket);
    onTestFinished(() => void this.socket.destroy());
  }

  /** Connects, and reads the greeting. */
  static async connect(port: number, host = '127.0.0.1', localAddress?: string): Promise<FtpClient> {
    const client = new FtpClient(net.connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) }));
    await client.reply();
    return client;
  }

  /** Connects and logs in. */
  static async logIn(port: number, user = 'ada', password = 'secret'): Promise<FtpClient> {
    const client = await FtpClient.connect(port);
    await client.ask(`USER ${user}`);
    const reply = await client.ask(`PASS ${password}`);
    if (!reply.startsWith('230')) throw new Error(reply);
    await client.ask('TYPE I');
    return client;
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** The next reply, without its line end; `closed` once the connection is gone. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:(\d{3})-[^\n]*\n(?:(?!\1 )[^\n]*\n)*\1 [^\n]*\n|\d{3} [^\n]*\n)/.exec(this.text);
      if (match !== null) {
        this.text = this.text.slice(match[0].length);
        return match[0].replaceAll('\r', '').trimEnd();
      }
      if (this.isClosed) return `closed${this.text}`;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async ask(command: string): Promise<string> {
    this.write(`${command}\r\n`);
    return this.reply();
  }

  /** Asks, and returns the code of the reply. */
  async code(command: string): Promise<number> {
    return Number((await this.ask(command)).slice(0, 3));
  }

  /** Opens a passive data connection. */
  async passive(localAddress?: string): Promise<net.Socket> {
    const reply = await this.ask('EPSV');
    const port = Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);
    const host = this.socket.remoteAddress!;
    return net.connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) });
  }

  /** Sends a command that sends data back. Returns the data, and the codes of all replies. */
  async download(command: string): Promise<{ readonly data: Buffer; readonly codes: number[] }> {
    const socket = await this.passive();
    const first = await this.code(command);
    if (first >= 300) {
      socket.destroy();
      return { data: Buffer.alloc(0), codes: [first] };
    }
    const data = await readAll(socket);
    return { data, codes: [first, Number((await this.reply()).slice(0, 3))] };
  }

  async upload(command: string, content: string | Buffer): Promise<number[]> {
    const socket = await this.passive();
    const first = await this.code(command);
    if (first < 300) socket.end(content);
    else socket.destroy();
    return first >= 300 ? [first] : [first, Number((await this.reply()).slice(0, 3))];
  }

  /** `AUTH TLS` and the handshake. */
  async secure(before = ''): Promise<void> {
    this.write(`AUTH TLS\r\n${before}`);
    const reply = await this.reply();
    if (!reply.startsWith('234')) throw new Error(reply);
    await this.shakeHands();
  }

  async shakeHands(): Promise<void> {
    const raw = this.socket;
    raw.removeAllListeners();
    const secure = tls.connect({ socket: raw, rejectUnauthorized: false, servername: 'localhost' });
    secure.on('session', (session) => {
      this.session = session;
      this.wake?.();
    });
    this.socket = secure;
    this.listen(secure);
    await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
  }

  private listen(socket: net.Socket): void {
    socket.on('data', (chunk) => {
      this.text += chunk.toString('utf8');
      this.wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket !== this.socket) return;
      this.isClosed = true;
      this.wake?.();
    });
  }
}

/** All bytes until the end; what has come when the connection fails. */
export async function readAll(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()).once('error', () => resolve()));
  return Buffer.concat(chunks);
}
