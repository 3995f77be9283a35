import {
  CONTROL,
  FLAG_CLEAR_SETTINGS,
  FLAG_FIN,
  FLAG_UNIDIRECTIONAL,
  FRAME_HEAD_BYTES,
  SPDY_VERSION,
  SpdyProtocolError,
  type Frame,
  type Setting,
} from './frame';

/** No control frame that has a use here is near it. */
const MAX_CONTROL_BYTES = 64 * 1024;
const SETTING_BYTES = 8;

/**
 * Makes frames of bytes that come in any pieces. The bytes of a DATA frame are handed on as they arrive, in as many DATA
 * frames, `fin` on the last: however long it says it is, nothing is held back. Holds at most one control frame.
 */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #data: { readonly streamId: number; readonly fin: boolean; left: number } | undefined;

  /** The frames that these bytes complete. @throws SpdyProtocolError; nothing can be read after that */
  *push(chunk: Buffer): Generator<Frame, void, undefined> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    for (;;) {
      if (this.#data !== undefined) {
        const { streamId, fin, left } = this.#data;
        if (left > 0 && bytes.length === 0) return;
        const data = bytes.subarray(0, left);
        bytes = bytes.subarray(data.length);
        this.#data.left -= data.length;
        const isLast = data.length === left;
        if (isLast) this.#data = undefined;
        yield { type: 'DATA', streamId, fin: fin && isLast, data };
        continue;
      }
      if (bytes.length < FRAME_HEAD_BYTES) break;
      const flags = bytes.readUInt8(4);
      const length = bytes.readUIntBE(5, 3);
      if ((bytes.readUInt8(0) & 0x80) === 0) {
        const streamId = bytes.readUInt32BE(0);
        if (streamId === 0) throw new SpdyProtocolError('a DATA frame names no stream');
        this.#data = { streamId, fin: (flags & FLAG_FIN) !== 0, left: length };
        bytes = bytes.subarray(FRAME_HEAD_BYTES);
        continue;
      }
      const version = bytes.readUInt16BE(0) & 0x7fff;
      if (version !== SPDY_VERSION) throw new SpdyProtocolError(`version ${version} is not spoken here`);
      if (length > MAX_CONTROL_BYTES) throw new SpdyProtocolError(`a control frame of ${length} bytes is too long`);
      if (bytes.length < FRAME_HEAD_BYTES + length) break;
      const code = bytes.readUInt16BE(2);
      const body = bytes.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length);
      bytes = bytes.subarray(FRAME_HEAD_BYTES + length);
      yield controlFrame(code, flags, body);
    }
    this.#rest = bytes;
  }
}

function controlFrame(code: number, flags: number, body: Buffer): Frame {
  const fin = (flags & FLAG_FIN) !== 0;
  switch (code) {
    case CONTROL.SYN_STREAM:
      demand(code, body.length >= 10);
      return {
        type: 'SYN_STREAM',
        streamId: streamId(code, body),
        associatedTo: body.readUInt32BE(4) & 0x7fffffff,
        priority: body.readUInt8(8) >> 5,
        fin,
        unidirectional: (flags & FLAG_UNIDIRECTIONAL) !== 0,
        headerBlock: body.subarray(10),
      };
    case CONTROL.SYN_REPLY:
    case CONTROL.HEADERS:
      demand(code, body.length >= 4);
      return {
        type: code === CONTROL.HEADERS ? 'HEADERS' : 'SYN_REPLY',
        streamId: streamId(code, body),
        fin,
        headerBlock: body.subarray(4),
      };
    case CONTROL.RST_STREAM:
      demand(code, body.length === 8);
      return { type: 'RST_STREAM', streamId: streamId(code, body), status: body.readUInt32BE(4) };
    case CONTROL.SETTINGS:
      return { type: 'SETTINGS', clear: (flags & FLAG_CLEAR_SETTINGS) !== 0, entries: settings(body) };
    case CONTROL.PING:
      demand(code, body.length === 4);
      return { type: 'PING', id: body.readUInt32BE(0) };
    case CONTROL.GOAWAY:
      demand(code, body.length === 8);
      return { type: 'GOAWAY', lastStreamId: body.readUInt32BE(0) & 0x7fffffff, status: body.readUInt32BE(4) };
    case CONTROL.WINDOW_UPDATE:
      demand(code, body.length === 8);
      return {
        type: 'WINDOW_UPDATE',
        // 0 is the window of the whole connection.
        streamId: body.readUInt32BE(0) & 0x7fffffff,
        delta: body.readUInt32BE(4) & 0x7fffffff,
      };
    default:
      return { type: 'UNKNOWN', code };
  }
}

function settings(body: Buffer): Setting[] {
  demand(CONTROL.SETTINGS, body.length >= 4 && body.length === 4 + body.readUInt32BE(0) * SETTING_BYTES);
  const entries: Setting[] = [];
  for (let at = 4; at < body.length; at += SETTING_BYTES) {
    entries.push({ flags: body.readUInt8(at), id: body.readUIntBE(at + 1, 3), value: body.readUInt32BE(at + 4) });
  }
  return entries;
}

function streamId(code: number, body: Buffer): number {
  const id = body.readUInt32BE(0) & 0x7fffffff;
  demand(code, id !== 0);
  return id;
}

function demand(code: number, isTrue: boolean): void {
  if (!isTrue) throw new SpdyProtocolError(`a control frame of type ${code} is malformed`);
}
