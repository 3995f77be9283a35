import fc from 'fast-check';
import { FrameReader } from '../src/http2/frame-reader';
import { FrameWriter } from '../src/http2/frame-writer';
import { Flag, FrameType, ProtocolError } from '../src/http2/protocol';
import { ScratchBuffers } from '../src/http2/scratch-buffers';
import { cut } from './support/cut';

type Frame = [type: number, flags: number, streamId: number, payload: string];

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const streamId = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** A frame as it is written, and as it must be read. */
const written: fc.Arbitrary<{ write: (writer: FrameWriter) => void; frame: Frame }> = fc.oneof(
  fc
    .record({ id: streamId, body: bytes, end: fc.boolean(), skip: fc.nat({ max: 5 }) })
    .map(({ id, body, end, skip }) => {
      const from = Math.min(skip, body.length);
      return {
        write: (writer: FrameWriter) => writer.data(id, body, from, body.length, end),
        frame: [FrameType.data, end ? Flag.endStream : 0, id, body.toString('hex', from)] as Frame,
      };
    }),
  fc.record({ id: streamId, block: bytes }).map(({ id, block }) => ({
    write: (writer: FrameWriter) => writer.headers(id, block),
    frame: [FrameType.headers, Flag.endHeaders, id, block.toString('hex')] as Frame,
  })),
  fc.record({ id: streamId, code: uint32 }).map(({ id, code }) => ({
    write: (writer: FrameWriter) => writer.rstStream(id, code),
    frame: [FrameType.rstStream, 0, id, hex(code)] as Frame,
  })),
  fc.record({ id: streamId, increment: uint32 }).map(({ id, increment }) => ({
    write: (writer: FrameWriter) => writer.windowUpdate(id, increment),
    frame: [FrameType.windowUpdate, 0, id, hex(increment)] as Frame,
  })),
  fc.boolean().map((ack) => ({
    write: (writer: FrameWriter) => writer.ping(Buffer.from('12345678'), ack),
    frame: [FrameType.ping, ack ? Flag.ack : 0, 0, Buffer.from('12345678').toString('hex')] as Frame,
  })),
  fc.constant({
    write: (writer: FrameWriter) => writer.settings([[4, 70_000]]),
    frame: [FrameType.settings, 0, 0, '0004' + hex(70_000)] as Frame,
  }),
  fc.constant({
    write: (writer: FrameWriter) => writer.settingsAck(),
    frame: [FrameType.settings, Flag.ack, 0, ''] as Frame,
  }),
  fc.constant({
    write: (writer: FrameWriter) => writer.goaway(5, 11),
    frame: [FrameType.goaway, 0, 0, hex(5) + hex(11)] as Frame,
  }),
);

test('frames are read as they were written, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(written, { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
      (all, sizes) => {
        const writer = new FrameWriter(new ScratchBuffers());
        for (const { write } of all) write(writer);
        const stream = writer.take().bytes;
        expect(writer.isEmpty).toBe(true);
        const read: Frame[] = [];
        const reader = new FrameReader((type, flags, id, payload) =>
          read.push([type, flags, id, payload.toString('hex')]),
        );
        for (const chunk of cut(stream, sizes)) reader.push(chunk);
        expect(read).toEqual(all.map(({ frame }) => frame));
      },
    ),
  );
});

test('what is taken stays as it is when more is written, until it is done with', () => {
  for (const size of [10, 5_000, 16_000, 150_000]) {
    const writer = new FrameWriter(new ScratchBuffers());
    const write = (fill: string, bytes: number) => {
      for (let left = bytes; left > 0; left -= 16_000) {
        writer.data(1, Buffer.alloc(16_000, fill), 0, Math.min(left, 16_000), false);
      }
      return writer.take();
    };
    const first = write('a', size);
    const copy = Buffer.from(first.bytes);
    for (let count = 0; count < 5; count += 1) write('b', size).done?.();
    expect(first.bytes.equals(copy)).toBe(true);
    first.done?.();
  }
});

test('scratch buffers are lent again once they are back, never twice at a time', () => {
  const request = fc.record({ bytes: fc.integer({ min: 1, max: 3_000_000 }), keep: fc.boolean() });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 12 }), (requests) => {
      const buffers = new ScratchBuffers();
      const lent = new Map<ArrayBufferLike, Buffer>();
      for (const { bytes, keep } of requests) {
        const buffer = buffers.take(bytes);
        expect(buffer.length).toBeGreaterThanOrEqual(bytes);
        if (bytes > 4_096) expect(lent.has(buffer.buffer)).toBe(false);
        if (keep) lent.set(buffer.buffer, buffer);
        else buffers.giveBack(buffer);
      }
    }),
  );
  const buffers = new ScratchBuffers();
  const first = buffers.take(100_000);
  buffers.giveBack(first);
  expect(buffers.take(70_000)).toBe(first);
});

test('a frame larger than we take is an error', () => {
  const reader = new FrameReader(() => undefined);
  const header = Buffer.from('004001000000000001', 'hex');
  expect(() => reader.push(header)).toThrow(ProtocolError);
});

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
