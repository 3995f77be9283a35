import { constants, createDeflate, createInflate, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { FrameDecoder } from '../../src/streaming/spdy/frame-decoder';
import { encodeFrame } from '../../src/streaming/spdy/frame-encoder';
import { SpdyProtocolError, type Frame } from '../../src/streaming/spdy/frame';
import { decodeHeaders, encodeHeaders } from '../../src/streaming/spdy/header-block';
import { DICTIONARY, HeaderDeflater, HeaderInflater } from '../../src/streaming/spdy/header-compression';

type KnownFrame = Exclude<Frame, { type: 'UNKNOWN' }>;

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const decodeAll = (bytes: Buffer): Frame[] => [...new FrameDecoder().push(bytes)];

const id = fc.integer({ min: 1, max: 0x7fffffff });
const word = fc.integer({ min: 0, max: 0xffffffff });
const block = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const frames = fc.oneof<fc.Arbitrary<KnownFrame>[]>(
  fc.record({
    type: fc.constant('SYN_STREAM' as const),
    streamId: id,
    associatedTo: fc.integer({ min: 0, max: 0x7fffffff }),
    priority: fc.integer({ min: 0, max: 7 }),
    fin: fc.boolean(),
    unidirectional: fc.boolean(),
    headerBlock: block,
  }),
  fc.record({ type: fc.constantFrom('SYN_REPLY', 'HEADERS'), streamId: id, fin: fc.boolean(), headerBlock: block }),
  fc.record({ type: fc.constant('RST_STREAM' as const), streamId: id, status: word }),
  fc.record({
    type: fc.constant('SETTINGS' as const),
    clear: fc.boolean(),
    entries: fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 0xffffff }),
        flags: fc.integer({ min: 0, max: 255 }),
        value: word,
      }),
      { maxLength: 5 },
    ),
  }),
  fc.record({ type: fc.constant('PING' as const), id: word }),
  fc.record({
    type: fc.constant('GOAWAY' as const),
    lastStreamId: fc.integer({ min: 0, max: 0x7fffffff }),
    status: word,
  }),
  fc.record({ type: fc.constant('WINDOW_UPDATE' as const), streamId: id, delta: id }),
  fc.record({ type: fc.constant('DATA' as const), streamId: id, fin: fc.boolean(), data: block }),
);

/** DATA of one stream that follow each other are one: where the pieces are cut says nothing. */
function joined(list: readonly Frame[]): Frame[] {
  const result: Frame[] = [];
  for (const frame of list) {
    const last = result.at(-1);
    if (frame.type === 'DATA' && last?.type === 'DATA' && last.streamId === frame.streamId && !last.fin) {
      result[result.length - 1] = { ...frame, data: Buffer.concat([last.data, frame.data]) };
    } else result.push(frame.type === 'DATA' ? { ...frame, data: Buffer.from(frame.data) } : frame);
  }
  return result;
}

describe('frames', () => {
  // As the framer of Go writes them.
  test.each<[string, KnownFrame]>([
    ['80030003 00000008 00000001 00000005', { type: 'RST_STREAM', streamId: 1, status: 5 }],
    ['80030006 00000004 00000002', { type: 'PING', id: 2 }],
    ['80030007 00000008 00000005 00000000', { type: 'GOAWAY', lastStreamId: 5, status: 0 }],
    ['80030009 00000008 00000003 00010000', { type: 'WINDOW_UPDATE', streamId: 3, delta: 65_536 }],
    [
      '80030004 0000000c 00000001 01000007 00020000',
      { type: 'SETTINGS', clear: false, entries: [{ id: 7, flags: 1, value: 131_072 }] },
    ],
    ['00000003 01000002 6869', { type: 'DATA', streamId: 3, fin: true, data: Buffer.from('hi') }],
    ['00000003 01000000', { type: 'DATA', streamId: 3, fin: true, data: Buffer.alloc(0) }],
    ['80030002 00000005 00000001 ff', { type: 'SYN_REPLY', streamId: 1, fin: false, headerBlock: Buffer.from([255]) }],
    [
      '80030001 0100000b 00000007 00000001 6000 aa',
      {
        type: 'SYN_STREAM',
        streamId: 7,
        associatedTo: 1,
        priority: 3,
        fin: true,
        unidirectional: false,
        headerBlock: Buffer.from([0xaa]),
      },
    ],
  ])('%s', (bytes, frame) => {
    expect(encodeFrame(frame).toString('hex')).toBe(hex(bytes).toString('hex'));
    expect(joined(decodeAll(hex(bytes)))).toEqual([frame]);
  });

  test('whatever is written is read again, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 20 }), (list, cuts) => {
        const bytes = Buffer.concat(list.map(encodeFrame));
        const decoder = new FrameDecoder();
        const read: Frame[] = [];
        let at = 0;
        for (const cut of cuts) {
          read.push(...decoder.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        read.push(...decoder.push(bytes.subarray(at)));
        expect(joined(read)).toEqual(joined(list));
      }),
    );
  });

  test('any bytes make frames or a protocol error, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeAll(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyProtocolError);
        }
      }),
    );
  });

  test('data of a frame come as they arrive, however long it says it is', () => {
    const decoder = new FrameDecoder();
    const first = [...decoder.push(hex('00000001 01ffffff 6162'))];
    expect(first).toEqual([{ type: 'DATA', streamId: 1, fin: false, data: Buffer.from('ab') }]);
  });

  test.each([
    ['another version', '80020006 00000004 00000002'],
    ['a control frame that is too long', '80030001 00ffffff'],
    ['a PING of the wrong length', '80030006 00000005 0000000200'],
    ['SETTINGS that are fewer than they say', '80030004 0000000c 7fffffff 00000007 00020000'],
    ['a SYN_STREAM that is too short', '80030001 00000004 00000001'],
    ['a stream of number 0', '80030003 00000008 00000000 00000005'],
    ['data of stream 0', '00000000 00000001 61'],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeAll(hex(bytes))).toThrow(SpdyProtocolError);
  });

  test('a frame that nobody knows is told as that', () => {
    expect(decodeAll(hex('800300f0 00000001 00'))).toEqual([{ type: 'UNKNOWN', code: 0xf0 }]);
  });
});

describe('headers', () => {
  const name = fc.string({ minLength: 1, maxLength: 30 }).map((text) => text.toLowerCase());
  const headers = fc.dictionary(name, fc.string({ maxLength: 100 })).map((all) => new Map(Object.entries(all)));

  test('the dictionary is the one that zlib knows as e3c6a7c2', () => {
    const compressed = deflateSync('x', { dictionary: DICTIONARY });
    expect(compressed.subarray(2, 6).toString('hex')).toBe('e3c6a7c2');
  });

  test('a block as Go writes it', () => {
    const bytes = hex('00000001 0000000a 73747265616d74797065 00000005 6572726f72');
    expect(decodeHeaders(bytes)).toEqual(new Map([['streamtype', 'error']]));
    expect(encodeHeaders(new Map([['Streamtype', 'error']]))).toEqual(bytes);
  });

  test('blocks compressed with the dictionary are read, each with the help of those before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { maxLength: 4 }), async (list) => {
        const deflate = createDeflate({ dictionary: DICTIONARY, level: constants.Z_BEST_COMPRESSION });
        const inflater = new HeaderInflater();
        for (const each of list) {
          const compressed = await new Promise<Buffer>((resolve) => {
            deflate.write(encodeHeaders(each));
            deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(deflate.read() as Buffer));
          });
          expect(decodeHeaders(await inflater.inflate(compressed))).toEqual(each);
        }
        deflate.destroy();
        inflater.close();
      }),
      { numRuns: 30 },
    );
  });

  test('what we write, any zlib reads', async () => {
    const deflater = new HeaderDeflater();
    const inflater = new HeaderInflater();
    const stream = createInflate({ dictionary: DICTIONARY });
    const blocks = [
      Buffer.alloc(0),
      Buffer.from('first'),
      Buffer.alloc(70_000, 'x').subarray(0, 65_000),
      Buffer.from('last'),
    ];
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    for (const each of blocks) {
      const bytes = deflater.deflate(each);
      expect(await inflater.inflate(bytes)).toEqual(each);
      await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
    }
    expect(Buffer.concat(received)).toEqual(Buffer.concat(blocks));
    stream.destroy();
    inflater.close();
  });

  test('a small block that grows without end is refused', async () => {
    const inflater = new HeaderInflater();
    const bomb = deflateSync(Buffer.alloc(50_000_000), { dictionary: DICTIONARY });
    await expect(inflater.inflate(bomb)).rejects.toThrow(SpdyProtocolError);
    await expect(inflater.inflate(bomb)).rejects.toThrow(SpdyProtocolError);
  });

  test('what is not compressed is refused', async () => {
    const inflater = new HeaderInflater();
    await expect(inflater.inflate(Buffer.from('plain text'))).rejects.toThrow(SpdyProtocolError);
  });

  test('any bytes are headers or a protocol error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeHeaders(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyProtocolError);
        }
      }),
    );
  });
});
