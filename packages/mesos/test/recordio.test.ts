import fc from 'fast-check';
import { encodeRecord, readRecords, RecordDecoder, RecordIoError } from '../src/recordio';

const records = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });

/** Cuts `bytes` at the given places. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((begin, index) => bytes.subarray(begin, at[index] ?? bytes.length));
}

test('records survive any split of the stream', () => {
  fc.assert(
    fc.property(records, fc.array(fc.nat(), { maxLength: 20 }), (payloads, cuts) => {
      const stream = Buffer.concat(payloads.map((payload) => encodeRecord(payload)));
      const decoder = new RecordDecoder();
      const decoded = split(stream, cuts).flatMap((chunk) => decoder.push(chunk));
      decoder.end();
      expect(decoded.map((record) => record.toString('hex'))).toEqual(
        payloads.map((payload) => Buffer.from(payload).toString('hex')),
      );
    }),
  );
});

test('a record within one chunk is a view of it', () => {
  const chunk = encodeRecord(Buffer.from('hello'));
  const [record] = new RecordDecoder().push(chunk);
  expect(record?.buffer).toBe(chunk.buffer);
});

test('the length counts bytes, not characters', () => {
  expect(encodeRecord(Buffer.from('é')).toString('latin1').slice(0, 2)).toBe('2\n');
});

test.each([
  ['x5\nhello', /0x78/],
  ['\nhello', /empty/],
  ['5 \nhello', /0x20/],
  ['-1\n', /0x2d/],
])('%j is refused for good', (text, message) => {
  const decoder = new RecordDecoder();
  expect(() => decoder.push(Buffer.from(text))).toThrow(message);
  expect(() => decoder.push(Buffer.from('1\na'))).toThrow(RecordIoError);
});

test('a record beyond the limit is refused before memory is taken for it', () => {
  expect(() => new RecordDecoder({ maxRecordBytes: 10 }).push(Buffer.from('11\n'))).toThrow(/longer than 10 bytes/);
});

test('an end inside a record is an error, between records it is not', async () => {
  const read = async (text: string): Promise<number> => {
    let count = 0;
    const chunks = (async function* () {
      yield Buffer.from(text);
    })();
    for await (const batch of readRecords(chunks)) count += batch.length;
    return count;
  };
  await expect(read('1\na2\nbc')).resolves.toBe(2);
  await expect(read('5\nhel')).rejects.toThrow(/after 3 of 5 bytes/);
  await expect(read('5')).rejects.toThrow(/inside a record length/);
});
