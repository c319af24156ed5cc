import tls from 'node:tls';
import { createMemoryPair, toDuplex } from '../src/index.ts';

/** A ClientHello made by Node, but with a server name that Node would not send. */
export async function clientHello(serverName: string): Promise<Uint8Array> {
  const placeholder = 'placeholder.example';
  const [near, far] = createMemoryPair();
  const chunks: Buffer[] = [];
  const caught = new Promise<void>((resolve) => {
    far.attach({
      data: (chunk) => {
        chunks.push(Buffer.from(chunk));
        resolve();
      },
      end: () => undefined,
      drain: () => undefined,
      close: () => undefined,
    });
  });
  const socket = tls.connect({ socket: toDuplex(near), servername: placeholder });
  socket.on('error', () => undefined);
  await caught;
  socket.destroy();
  return replaceServerName(Buffer.concat(chunks), placeholder, Buffer.from(serverName, 'latin1'));
}

/**
 * RFC 6066 §3: five lengths cover the name: its own, and those of the list, the extension, all extensions, and the
 * handshake message.
 */
function replaceServerName(hello: Buffer, placeholder: string, name: Buffer): Buffer {
  const at = hello.indexOf(placeholder);
  const grown = name.byteLength - placeholder.length;
  const message = Buffer.concat([hello.subarray(5, at), name, hello.subarray(at + placeholder.length)]);
  const grow = (offset: number): void =>
    void message.writeUInt16BE((message.readUInt16BE(offset) + grown) & 0xffff, offset);
  for (const before of [2, 5, 7]) grow(at - 5 - before);
  const afterSession = 4 + 2 + 32 + 1 + message[38]!;
  const afterCiphers = afterSession + 2 + message.readUInt16BE(afterSession);
  grow(afterCiphers + 1 + message[afterCiphers]!);
  message.writeUIntBE(message.byteLength - 4, 1, 3);
  const records: Buffer[] = [];
  for (let offset = 0; offset < message.byteLength; offset += 16_384) {
    const part = message.subarray(offset, offset + 16_384);
    records.push(Buffer.from([22, 3, 1, part.byteLength >> 8, part.byteLength & 0xff]), part);
  }
  return Buffer.concat(records);
}
