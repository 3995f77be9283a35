import fc from 'fast-check';
import { authorityOf, parseEndpoint } from '../src/grpc/endpoint';
import { errorOfTrailers, GrpcError } from '../src/grpc/grpc-error';
import { MessageAssembler } from '../src/grpc/message-assembler';
import { cut } from './support/cut';

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

test.each(['receiver', 'assembler'] as const)(
  'messages of the %s are put together however their bytes are cut',
  (owner) => {
    const messages = fc.array(fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sent, sizes) => {
        const received: string[] = [];
        const kept: Buffer[] = [];
        const assembler = new MessageAssembler(owner, (message) => {
          received.push(message.toString('hex'));
          kept.push(message);
        });
        for (const chunk of cut(Buffer.concat(sent.map(framed)), sizes)) {
          assembler.push(chunk);
          chunk.fill(0);
        }
        expect(received).toEqual(sent.map((message) => message.toString('hex')));
        expect(assembler.isAtBoundary).toBe(true);
        if (owner === 'receiver') expect(kept.map((message) => message.toString('hex'))).toEqual(received);
      }),
    );
  },
);

test('half a message is not at a boundary', () => {
  for (const length of [1, 4, 5, 6]) {
    const assembler = new MessageAssembler('assembler', () => undefined);
    assembler.push(framed(Buffer.from('ab')).subarray(0, length));
    expect(assembler.isAtBoundary).toBe(false);
  }
});

test('compressed and absurd messages are refused', () => {
  expect(() => new MessageAssembler('assembler', () => undefined).push(Buffer.from('0100000000', 'hex'))).toThrow(
    'compressed',
  );
  expect(() => new MessageAssembler('assembler', () => undefined).push(Buffer.from('HTTP/1.1 '))).toThrow('gRPC');
  expect(() => new MessageAssembler('assembler', () => undefined).push(Buffer.from('00ffffffff', 'hex'))).toThrow(
    '4294967295',
  );
});

test.each([
  [{ 'grpc-status': '0' }, undefined],
  [{ 'grpc-status': '5', 'grpc-message': 'not%20found: 100%, %C3%A4' }, [5, 'not found: 100%, ä']],
  [{ 'grpc-status': 'x' }, [2, '']],
  [{ ':status': '503' }, [14, 'HTTP status 503']],
  [{ ':status': '404', 'grpc-status': '12', 'grpc-message': 'unknown method' }, [12, 'unknown method']],
  [{ ':status': '200' }, [13, 'gRPC: an answer without status']],
])('trailers %j', (fields: Record<string, string>, wanted) => {
  const error = errorOfTrailers(new Map(Object.entries(fields)));
  if (wanted === undefined) expect(error).toBeUndefined();
  else {
    expect(error).toBeInstanceOf(GrpcError);
    expect([error?.code, error?.message, error?.maybeProcessed]).toEqual([...wanted, true]);
  }
});

test.each([
  ['http://127.0.0.1:4001', '127.0.0.1:4001', false],
  ['http://127.0.0.1:80/', '127.0.0.1:80', false],
  ['https://etcd.example.com:2379/path', 'etcd.example.com:2379', true],
  ['etcd-0:2380', 'etcd-0:2380', false],
  ['https://[::1]:443', '[::1]:443', true],
  ['[::1]', '[::1]:2379', false],
  ['http://etcd', 'etcd:2379', false],
])('endpoint %s', (text, authority, isTls) => {
  const endpoint = parseEndpoint(text, false);
  expect([authorityOf(endpoint), endpoint.isTls]).toEqual([authority, isTls]);
  expect(parseEndpoint(text, true).isTls).toBe(true);
});

test.each(['ftp://etcd:1', '', 'http://', 'a:b:c'])('no endpoint: %j', (text) => {
  expect(() => parseEndpoint(text, false)).toThrow(`not an endpoint: ${text}`);
});
