import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { type Origin, parseOrigin } from '../src/index.ts';
import { cleanUps } from './http2-upstream.ts';

/** One frame that the client sent. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
const ACK = 1;

const prefaceBytes = 24;

/** One connection to an upstream that writes frames by hand, also such as no library would send. */
export class RawPeer {
  readonly frames: RawFrame[] = [];
  readonly socket: Socket;
  private rest: Buffer = Buffer.alloc(0);
  private hasPreface = false;

  constructor(socket: Socket, told: (frame: RawFrame, peer: RawPeer) => void) {
    this.socket = socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.rest = Buffer.concat([this.rest, bytes]);
      if (!this.hasPreface) {
        if (this.rest.length < prefaceBytes) return;
        this.rest = this.rest.subarray(prefaceBytes);
        this.hasPreface = true;
      }
      while (this.rest.length >= 9 && this.rest.length >= 9 + this.rest.readUIntBE(0, 3)) {
        const end = 9 + this.rest.readUIntBE(0, 3);
        const [type, flags] = [this.rest[3]!, this.rest[4]!];
        const frame = { type, flags, id: this.rest.readUInt32BE(5), payload: this.rest.subarray(9, end) };
        this.rest = this.rest.subarray(end);
        this.frames.push(frame);
        told(frame, this);
      }
    });
  }

  send(type: number, flags: number, id: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(id, 5);
    this.socket.write(Buffer.concat([head, payload]));
  }

  /** SETTINGS, none of them changed, and the acknowledgement of the client's. */
  greet(): void {
    this.send(SETTINGS, 0, 0);
    this.send(SETTINGS, ACK, 0);
  }

  /** 200, without a body. */
  answer(id: number): void {
    this.send(HEADERS, 5, id, Buffer.of(0x88));
  }

  goAway(lastId: number, code: number, text = ''): void {
    const facts = Buffer.alloc(8);
    facts.writeUInt32BE(lastId, 0);
    facts.writeUInt32BE(code, 4);
    this.send(GOAWAY, 0, 0, Buffer.concat([facts, Buffer.from(text)]));
  }

  pong({ payload }: RawFrame): void {
    this.send(PING, ACK, 0, payload);
  }

  /** How many frames of a type came, for PING without its answers. */
  count(type: number): number {
    return this.frames.filter((frame) => frame.type === type && (type !== PING || (frame.flags & ACK) === 0)).length;
  }
}

export interface RawUpstream {
  readonly origin: Origin;
  readonly peers: RawPeer[];
}

/** @param told hears of each frame, on every connection; `number` counts the connections from 1 */
export async function startRaw(told: (frame: RawFrame, peer: RawPeer, number: number) => void): Promise<RawUpstream> {
  const peers: RawPeer[] = [];
  const server = net.createServer((socket) => {
    const number = peers.length + 1;
    peers.push(new RawPeer(socket, (frame, peer) => told(frame, peer, number)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const { socket } of peers) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: parseOrigin(`http://127.0.0.1:${port}`, undefined, 'http2'), peers };
}
