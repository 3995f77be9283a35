import {
  CONTROL,
  FLAG_CLEAR_SETTINGS,
  FLAG_FIN,
  FLAG_UNIDIRECTIONAL,
  FRAME_HEAD_BYTES,
  SPDY_VERSION,
  type Frame,
} from './frame';

type KnownFrame = Exclude<Frame, { type: 'UNKNOWN' }>;

/** The bytes of a frame. Pure. */
export function encodeFrame(frame: KnownFrame): Buffer {
  switch (frame.type) {
    case 'SYN_STREAM': {
      const flags = (frame.fin ? FLAG_FIN : 0) | (frame.unidirectional ? FLAG_UNIDIRECTIONAL : 0);
      const fields = words(frame.streamId, frame.associatedTo);
      return control(CONTROL.SYN_STREAM, flags, fields, Buffer.from([frame.priority << 5, 0]), frame.headerBlock);
    }
    case 'SYN_REPLY':
      return control(CONTROL.SYN_REPLY, frame.fin ? FLAG_FIN : 0, words(frame.streamId), frame.headerBlock);
    case 'HEADERS':
      return control(CONTROL.HEADERS, frame.fin ? FLAG_FIN : 0, words(frame.streamId), frame.headerBlock);
    case 'RST_STREAM':
      return control(CONTROL.RST_STREAM, 0, words(frame.streamId, frame.status));
    case 'SETTINGS': {
      const entries = frame.entries.flatMap(({ id, flags, value }) => [((flags << 24) | id) >>> 0, value]);
      return control(CONTROL.SETTINGS, frame.clear ? FLAG_CLEAR_SETTINGS : 0, words(frame.entries.length, ...entries));
    }
    case 'PING':
      return control(CONTROL.PING, 0, words(frame.id));
    case 'GOAWAY':
      return control(CONTROL.GOAWAY, 0, words(frame.lastStreamId, frame.status));
    case 'WINDOW_UPDATE':
      return control(CONTROL.WINDOW_UPDATE, 0, words(frame.streamId, frame.delta));
    case 'DATA':
      return Buffer.concat([dataHead(frame.streamId, frame.fin, frame.data.length), frame.data]);
  }
}

/** What comes before the bytes of a DATA frame, for a sender that need not copy them. */
export function dataHead(streamId: number, fin: boolean, length: number): Buffer {
  return words(streamId, (((fin ? FLAG_FIN : 0) << 24) | length) >>> 0);
}

function control(code: number, flags: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES);
  head.writeUInt16BE(0x8000 | SPDY_VERSION, 0);
  head.writeUInt16BE(code, 2);
  head.writeUInt32BE(((flags << 24) | length) >>> 0, 4);
  return Buffer.concat([head, ...body]);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32BE(value, index * 4));
  return buffer;
}
