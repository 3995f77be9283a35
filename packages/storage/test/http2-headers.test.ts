import fc from 'fast-check';
import { HeaderDecoder } from '../src/http2/header-decoder';
import { encodeHeaders } from '../src/http2/header-encoder';
import { HuffmanDecoder } from '../src/http2/huffman';
import { ProtocolError } from '../src/http2/protocol';

function decode(decoder: HeaderDecoder, hexadecimal: string): Record<string, string> {
  return Object.fromEntries(decoder.decode(Buffer.from(hexadecimal.replace(/\s/g, ''), 'hex')));
}

describe('the examples of RFC 7541', () => {
  test('C.3: plain texts, three blocks of one connection', () => {
    const decoder = new HeaderDecoder();
    const common = { ':method': 'GET', ':path': '/', ':authority': 'www.example.com' };
    expect(decode(decoder, '828684410f7777772e6578616d706c652e636f6d')).toEqual({ ...common, ':scheme': 'http' });
    expect(decode(decoder, '828684be58086e6f2d6361636865')).toEqual({
      ...common,
      ':scheme': 'http',
      'cache-control': 'no-cache',
    });
    expect(decode(decoder, '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565')).toEqual({
      ...common,
      ':scheme': 'https',
      ':path': '/index.html',
      'custom-key': 'custom-value',
    });
  });

  test('C.4: the same with Huffman codes', () => {
    const decoder = new HeaderDecoder();
    expect(decode(decoder, '828684418cf1e3c2e5f23a6ba0ab90f4ff')).toMatchObject({ ':authority': 'www.example.com' });
    expect(decode(decoder, '828684be5886a8eb10649cbf')).toMatchObject({
      ':authority': 'www.example.com',
      'cache-control': 'no-cache',
    });
    expect(decode(decoder, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf')).toMatchObject({
      ':authority': 'www.example.com',
      'custom-key': 'custom-value',
    });
  });

  test('C.5: a table of 256 bytes, from which old fields are evicted', () => {
    const decoder = new HeaderDecoder();
    const first = `3fe101 4803333032 580770726976617465
      611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54
      6e1768747470733a2f2f7777772e6578616d706c652e636f6d`;
    const wanted = {
      ':status': '302',
      'cache-control': 'private',
      date: 'Mon, 21 Oct 2013 20:13:21 GMT',
      location: 'https://www.example.com',
    };
    expect(decode(decoder, first)).toEqual(wanted);
    expect(decode(decoder, '4803333037c1c0bf')).toEqual({ ...wanted, ':status': '307' });
    const third = `88c1 611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54 c0
      5a04677a6970 7738 666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31`;
    expect(decode(decoder, third)).toEqual({
      ...wanted,
      ':status': '200',
      date: 'Mon, 21 Oct 2013 20:13:22 GMT',
      'content-encoding': 'gzip',
      'set-cookie': 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    });
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const value = fc.stringMatching(/^[\x20-\x7e]{0,400}$/);
const known = fc.constantFrom(
  [':method', 'POST'] as const,
  [':scheme', 'https'] as const,
  [':path', '/etcdserverpb.KV/Range'] as const,
  ['content-type', 'application/grpc'] as const,
);

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(known, fc.tuple(name, value)), { maxLength: 12 }), (fields) => {
      expect([...new HeaderDecoder().decode(encodeHeaders(fields))]).toEqual([...new Map(fields)]);
    }),
  );
});

test('no bytes do more harm than a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        new HeaderDecoder().decode(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['an index of nothing', 'be'],
  ['index 0', '80'],
  ['a table larger than ours', '3fe21f'],
  ['a table size after a field', '8220'],
  ['an endless integer', 'ffffffffffffffffff7f'],
  ['a text that ends too early', '0005616263'],
  ['Huffman padding with zeros', '008200008100'],
])('%s is an error', (_, bytes) => {
  expect(() => decode(new HeaderDecoder(), bytes)).toThrow(ProtocolError);
});

test('Huffman padding is at most seven ones', () => {
  const decoder = new HuffmanDecoder();
  expect(decoder.decode(Buffer.from('1f', 'hex'))).toBe('a');
  expect(() => decoder.decode(Buffer.from('1fff', 'hex'))).toThrow(ProtocolError);
  expect(() => decoder.decode(Buffer.from('ffffffff', 'hex'))).toThrow(ProtocolError);
});
