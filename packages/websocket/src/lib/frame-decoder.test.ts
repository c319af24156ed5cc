import { seededRandom, splitEverywhere } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { WebSocketError } from './errors.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { decode, type FrameInit, frame, type Read } from './frame-fixtures.ts';

const failed = (code: string): Read => ({ failed: code }) as Read;

/** What must come out of frames, however they are split. */
const cases: [name: string, frames: FrameInit[], expected: Read[]][] = [
  ['an empty text', [{}], ['']],
  ['a text', [{ payload: 'Hello' }], ['Hello']],
  ['a text beyond ASCII', [{ payload: 'Grüße, 世界 🪁' }], ['Grüße, 世界 🪁']],
  ['bytes', [{ opcode: 2, payload: Buffer.from([0, 128, 255]) }], [Buffer.from([0, 128, 255])]],
  ['no bytes', [{ opcode: 2 }], [Buffer.alloc(0)]],
  ['two messages', [{ payload: 'one' }, { payload: 'two' }], ['one', 'two']],
  ['a text of 125 bytes', [{ payload: 'a'.repeat(125) }], ['a'.repeat(125)]],
  ['a text of 126 bytes', [{ payload: 'a'.repeat(126) }], ['a'.repeat(126)]],
  [
    'fragments (§5.4)',
    [
      { payload: 'Hel', isFinal: false },
      { opcode: 0, payload: 'lo', isFinal: false },
      { opcode: 0, payload: '!' },
    ],
    ['Hello!'],
  ],
  ['empty fragments', [{ isFinal: false }, { opcode: 0, isFinal: false }, { opcode: 0 }], ['']],
  [
    'a character split over fragments (§5.6)',
    [
      { payload: Buffer.from('ü').subarray(0, 1), isFinal: false },
      { opcode: 0, payload: Buffer.from('ü').subarray(1) },
    ],
    ['ü'],
  ],
  [
    'a ping between fragments (§5.4)',
    [
      { payload: 'a', isFinal: false },
      { opcode: 9, payload: 'x' },
      { opcode: 0, payload: 'b' },
    ],
    [[9, 'x'], 'ab'],
  ],
  ['a pong without payload', [{ opcode: 10 }], [[10, '']]],
  ['a ping of 125 bytes', [{ opcode: 9, payload: 'p'.repeat(125) }], [[9, 'p'.repeat(125)]]],
  ['a reserved bit (§5.2)', [{ reserved: 1 }], [failed('WEBSOCKET_RESERVED_BIT')]],
  ['the second reserved bit', [{ reserved: 2 }], [failed('WEBSOCKET_RESERVED_BIT')]],
  ['the bit of compression without an agreement (RFC 7692 §6)', [{ reserved: 4 }], [failed('WEBSOCKET_RESERVED_BIT')]],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, FrameInit[], Read[]] => [
    `opcode ${opcode} (§5.2)`,
    [{ opcode }],
    [failed('WEBSOCKET_OPCODE_UNKNOWN')],
  ]),
  ['a frame without mask (§5.1)', [{ isMasked: false }], [failed('WEBSOCKET_MASK_MISSING')]],
  ['a fragmented ping (§5.5)', [{ opcode: 9, isFinal: false }], [failed('WEBSOCKET_CONTROL_FRAME_INVALID')]],
  ['a fragmented close', [{ opcode: 8, isFinal: false }], [failed('WEBSOCKET_CONTROL_FRAME_INVALID')]],
  [
    'a ping of 126 bytes (§5.5)',
    [{ opcode: 9, payload: 'p'.repeat(126) }],
    [failed('WEBSOCKET_CONTROL_FRAME_INVALID')],
  ],
  ['a fragment of nothing (§5.4)', [{ opcode: 0 }], [failed('WEBSOCKET_FRAGMENT_UNEXPECTED')]],
  [
    'a message inside of another one (§5.4)',
    [{ payload: 'a', isFinal: false }, { payload: 'b' }],
    [failed('WEBSOCKET_FRAGMENT_UNEXPECTED')],
  ],
  [
    'a length in two bytes that fits into one (§5.2)',
    [{ payload: 'a', lengthBytes: 2 }],
    [failed('WEBSOCKET_LENGTH_INVALID')],
  ],
  [
    'a length in eight bytes that fits into two',
    [{ payload: 'a', lengthBytes: 8 }],
    [failed('WEBSOCKET_LENGTH_INVALID')],
  ],
  ['a text of invalid bytes (§8.1)', [{ payload: Buffer.from([0xc3, 0x28]) }], [failed('WEBSOCKET_TEXT_INVALID')]],
  [
    'a text that ends inside of a character',
    [{ payload: Buffer.from([0xe2, 0x82]) }],
    [failed('WEBSOCKET_TEXT_INVALID')],
  ],
  ['a surrogate', [{ payload: Buffer.from([0xed, 0xa0, 0x80]) }], [failed('WEBSOCKET_TEXT_INVALID')]],
  ['an overlong form', [{ payload: Buffer.from([0xe0, 0x80, 0xaf]) }], [failed('WEBSOCKET_TEXT_INVALID')]],
  [
    'a character beyond U+10FFFF',
    [{ payload: Buffer.from([0xf4, 0x90, 0x80, 0x80]) }],
    [failed('WEBSOCKET_TEXT_INVALID')],
  ],
  [
    'fragments that end inside of a character',
    [
      { payload: 'a', isFinal: false },
      { opcode: 0, payload: Buffer.from([0xc3]) },
    ],
    [failed('WEBSOCKET_TEXT_INVALID')],
  ],
];

describe('FrameDecoder', () => {
  it.each(cases)('reads %s, however it is split', (_name, frames, expected) => {
    splitEverywhere(Buffer.concat(frames.map(frame)), (chunks) => {
      expect(decode(chunks)).toEqual(expected);
    });
  });

  it('refuses an invalid text at the byte that makes it certain, before the frame has come (§8.1)', () => {
    const bytes = frame({ payload: Buffer.from([0x61, 0xf4, 0x90, 0x80, 0x80]) });
    const upTo = (count: number): Read[] => decode([bytes.subarray(0, 6 + count)]);
    expect(upTo(2)).toEqual([]);
    expect(upTo(3)).toEqual([failed('WEBSOCKET_TEXT_INVALID')]);
  });

  it('reads unmasked frames of a server, and refuses masked ones (§5.1)', () => {
    expect(decode([frame({ payload: 'a', isMasked: false })], { from: 'server' })).toEqual(['a']);
    expect(decode([frame({ payload: 'a' })], { from: 'server' })).toEqual([failed('WEBSOCKET_MASK_UNEXPECTED')]);
    const [text] = decode([frame({ payload: 'ü'.repeat(40_000), isMasked: false })], { from: 'server' });
    expect(text).toBe('ü'.repeat(40_000));
  });

  it.each([
    ['one frame', [frame({ length: 101, payload: 'a' })]],
    ['one frame of 2^62 bytes, of which none has come', [frame({ length: 2 ** 62 })]],
    ['fragments', [frame({ payload: 'a'.repeat(60), isFinal: false }), frame({ opcode: 0, length: 41 })]],
  ])('refuses a message above its limit by its announced length: %s', (_name, chunks) => {
    expect(decode(chunks, { maxMessageBytes: 100 })).toEqual([failed('WEBSOCKET_MESSAGE_TOO_LARGE')]);
  });

  it('takes a message of exactly the limit', () => {
    expect(decode([frame({ payload: 'a'.repeat(100) })], { maxMessageBytes: 100 })).toEqual(['a'.repeat(100)]);
  });

  it('refuses more fragments than allowed, empty ones too', () => {
    const many = [frame({ isFinal: false }), ...Array.from({ length: 9 }, () => frame({ opcode: 0, isFinal: false }))];
    expect(decode(many, { maxFragments: 10 })).toEqual([]);
    expect(decode([...many, frame({ opcode: 0 })], { maxFragments: 10 })).toEqual([
      failed('WEBSOCKET_TOO_MANY_FRAGMENTS'),
    ]);
  });

  it('gives compressed messages to inflate, and refuses the bit on later fragments and control frames', () => {
    const inflate = (bytes: Uint8Array): Buffer => {
      if (bytes.length > 3) throw new WebSocketError('WEBSOCKET_DEFLATE_INVALID');
      return Buffer.from(`<${Buffer.from(bytes).toString()}>`);
    };
    const read = (...frames: FrameInit[]): Read[] => decode(frames.map(frame), { inflate });
    expect(read({ reserved: 4, payload: 'abc' }, { payload: 'plain' })).toEqual(['<abc>', 'plain']);
    expect(read({ reserved: 4, payload: 'a', isFinal: false }, { opcode: 0, payload: 'b' })).toEqual(['<ab>']);
    expect(read({ reserved: 4, opcode: 2, payload: 'a' })).toEqual([Buffer.from('<a>')]);
    expect(read({ reserved: 4, payload: 'abcd' })).toEqual([failed('WEBSOCKET_DEFLATE_INVALID')]);
    expect(read({ reserved: 4, opcode: 9 })).toEqual([failed('WEBSOCKET_RESERVED_BIT')]);
    const late = read({ payload: 'a', isFinal: false }, { opcode: 0, reserved: 4 });
    expect(late).toEqual([failed('WEBSOCKET_RESERVED_BIT')]);
  });

  it('stops after a message when it is paused, and says where', () => {
    const heard: string[] = [];
    const options = { from: 'client', maxMessageBytes: 100, maxFragments: 10, inflate: null } as const;
    const decoder = new FrameDecoder(options, {
      text(text) {
        heard.push(text);
        decoder.pause();
      },
      binary: () => undefined,
      control: () => undefined,
    });
    const bytes = Buffer.concat([frame({ payload: 'one' }), frame({ payload: 'two' })]);
    const end = decoder.read(bytes);
    expect([heard, end]).toEqual([['one'], 9]);
    expect(decoder.read(bytes.subarray(end))).toBe(9);
    expect(heard).toEqual(['one', 'two']);
  });

  it('reads random messages in random pieces', () => {
    const { integer } = seeded(7);
    const messages = Array.from({ length: 300 }, (_, index) => {
      const length = [0, 5, 63, 64, 65, 125, 126, 5000, 70_000][integer(9)]!;
      return index % 2 === 0 ? 'aü🪁'.repeat(Math.ceil(length / 7)) : Buffer.alloc(length, index);
    });
    const bytes = Buffer.concat(
      messages.flatMap((message) => {
        const whole = Buffer.from(message as string);
        const cut = integer(whole.length + 1);
        const opcode = typeof message === 'string' ? 1 : 2;
        if (integer(2) === 0) return [frame({ opcode, payload: whole })];
        return [
          frame({ opcode, payload: whole.subarray(0, cut), isFinal: false }),
          frame({ opcode: 9, payload: 'p' }),
          frame({ opcode: 0, payload: whole.subarray(cut) }),
        ];
      }),
    );
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + integer(integer(2) === 0 ? 20 : 100_000);
      chunks.push(bytes.subarray(at, at + length));
      at += length;
    }
    const show = (read: unknown): unknown => (Buffer.isBuffer(read) ? read.toString('latin1') : read); // compared at once
    expect(
      decode(chunks)
        .filter((read) => !Array.isArray(read))
        .map(show),
    ).toEqual(messages.map(show));
  });
});

function seeded(seed: number): { integer(below: number): number } {
  const random = seededRandom(seed) as unknown as () => number;
  return { integer: (below) => Math.floor(random() * below) };
}
