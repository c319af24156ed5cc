import { describe, expect, it } from 'vitest';
import { HpackDecoder } from './hpack-decoder.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

function decode(decoder: HpackDecoder, hex: string): string[] | null {
  const fields: string[] = [];
  const bytes = bytesOf(hex);
  return decoder.decode(bytes, 0, bytes.length, { add: (name, value) => void fields.push(`${name}: ${value}`) })
    ? fields
    : null;
}

const request = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
const secondRequest = [...request, 'cache-control: no-cache'];
const thirdRequest = [
  ':method: GET',
  ':scheme: https',
  ':path: /index.html',
  ':authority: www.example.com',
  'custom-key: custom-value',
];
const date = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const location = 'location: https://www.example.com';
const response = [':status: 302', 'cache-control: private', date, location];
const secondResponse = [':status: 307', 'cache-control: private', date, location];
const thirdResponse = [
  ':status: 200',
  'cache-control: private',
  'date: Mon, 21 Oct 2013 20:13:22 GMT',
  location,
  'content-encoding: gzip',
  'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
];

/** Each row is a sequence on one connection. `20 size`: the table is made smaller first, as Appendix C.5 wants it. */
const vectors: Record<string, [hex: string, fields: string[]][]> = {
  'C.2.1 literal with indexing': [
    ['400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key: custom-header']],
  ],
  'C.2.2 literal without indexing': [['040c2f73616d706c652f70617468', [':path: /sample/path']]],
  'C.2.3 literal never indexed': [['100870617373776f726406736563726574', ['password: secret']]],
  'C.2.4 indexed': [['82', [':method: GET']]],
  'C.3 requests without Huffman': [
    ['828684410f7777772e6578616d706c652e636f6d', request],
    ['828684be58086e6f2d6361636865', secondRequest],
    ['828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', thirdRequest],
  ],
  'C.4 requests with Huffman': [
    ['828684418cf1e3c2e5f23a6ba0ab90f4ff', request],
    ['828684be5886a8eb10649cbf', secondRequest],
    ['828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', thirdRequest],
  ],
  'C.5 responses without Huffman': [
    [
      '3fe1014803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      response,
    ],
    ['4803333037c1c0bf', secondResponse],
    [
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      thirdResponse,
    ],
  ],
  'C.6 responses with Huffman': [
    [
      '3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      response,
    ],
    ['4883640effc1c0bf', secondResponse],
    [
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      thirdResponse,
    ],
  ],
};

describe('HpackDecoder', () => {
  it.each(Object.entries(vectors))('decodes RFC 7541 Appendix %s', (_name, blocks) => {
    const decoder = new HpackDecoder(4096);
    for (const [hex, fields] of blocks) expect(decode(decoder, hex)).toEqual(fields);
  });

  it.each([
    ['index 0', '80'],
    ['an index beyond the tables', 'be'],
    ['an index cut off', 'ff'],
    ['an index without an end', 'ffffffffffff7f'],
    ['a name beyond the tables', '7e0161'],
    ['a string cut off', '0003616263'],
    ['a string longer than the block', '00056162'],
    ['a value that is missing', '000161'],
    ['Huffman padding of zeros', '0001618100'],
    ['Huffman padding of a whole byte', '00016182 1fff'.replace(' ', '')],
    ['EOS in a Huffman string', '00016184ffffffff'],
    ['a table size above the limit', '3fe21f'],
    ['a change of the table size after a field', '8220'],
  ])('refuses %s', (_name, hex) => {
    expect(decode(new HpackDecoder(4096), hex)).toBeNull();
  });

  it('forgets what does not fit, and everything if an entry is larger than the table', () => {
    const decoder = new HpackDecoder(4096);
    expect(decode(decoder, '3f2340016101624001630164')).toEqual(['a: b', 'c: d']); // 66 bytes: two entries of 34 do not fit
    expect(decode(decoder, 'be')).toEqual(['c: d']);
    expect(decode(decoder, 'bf')).toBeNull();
    const small = new HpackDecoder(4096);
    expect(decode(small, '2f4001610162')).toEqual(['a: b']);
    expect(decode(small, 'be')).toBeNull();
  });

  it('wants to hear of a smaller table once the peer has acknowledged it', () => {
    const decoder = new HpackDecoder(100);
    expect(decode(decoder, '4001610162')).toEqual(['a: b']);
    decoder.settingsAcknowledged();
    expect(decode(decoder, 'be')).toBeNull();
    const obedient = new HpackDecoder(100);
    obedient.settingsAcknowledged();
    expect(decode(obedient, '3f4582')).toEqual([':method: GET']);
    expect(decode(obedient, '3f4682')).toBeNull();
  });

  it('keeps as many entries as a table of 64 KiB has', () => {
    const decoder = new HpackDecoder(65_536);
    expect(decode(decoder, '3fe1ff03')).toEqual([]);
    for (let count = 0; count < 3000; count++)
      expect(decode(decoder, `4001${(97 + (count % 26)).toString(16)}00`)).not.toBeNull();
    expect(decode(decoder, 'ffff0e')).toHaveLength(1); // index 2046: the last of 1985 entries with 33 bytes
    expect(decode(decoder, 'ff800f')).toBeNull();
  });
});
