/**
 * Frames of SPDY/3.1, the protocol of `kubectl exec`, `attach` and `port-forward` before WebSocket. A header block is the
 * compressed bytes as they are on the wire: what they mean depends on all blocks before.
 */
export type Frame =
  | {
      readonly type: 'SYN_STREAM';
      readonly streamId: number;
      readonly associatedTo: number;
      /** 0 is the most urgent, 7 the least. */
      readonly priority: number;
      /** The sender of the frame will send no data. */
      readonly fin: boolean;
      /** The receiver of the frame may send no data. */
      readonly unidirectional: boolean;
      readonly headerBlock: Buffer;
    }
  | { readonly type: 'SYN_REPLY'; readonly streamId: number; readonly fin: boolean; readonly headerBlock: Buffer }
  | { readonly type: 'HEADERS'; readonly streamId: number; readonly fin: boolean; readonly headerBlock: Buffer }
  | { readonly type: 'RST_STREAM'; readonly streamId: number; readonly status: number }
  | { readonly type: 'SETTINGS'; readonly clear: boolean; readonly entries: readonly Setting[] }
  | { readonly type: 'PING'; readonly id: number }
  | { readonly type: 'GOAWAY'; readonly lastStreamId: number; readonly status: number }
  | { readonly type: 'WINDOW_UPDATE'; readonly streamId: number; readonly delta: number }
  | { readonly type: 'DATA'; readonly streamId: number; readonly fin: boolean; readonly data: Buffer }
  /** A control frame that nobody here knows; to be ignored. */
  | { readonly type: 'UNKNOWN'; readonly code: number };

export interface Setting {
  readonly id: number;
  readonly flags: number;
  readonly value: number;
}

export const SPDY_VERSION = 3;

/** Bytes of every frame before its body: control bit with version and type, or stream id; flags; length. */
export const FRAME_HEAD_BYTES = 8;

/** Codes of the control frames; 5 was NOOP. */
export const CONTROL = {
  SYN_STREAM: 1,
  SYN_REPLY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  HEADERS: 8,
  WINDOW_UPDATE: 9,
} as const;

export const FLAG_FIN = 0x01;
export const FLAG_UNIDIRECTIONAL = 0x02;
export const FLAG_CLEAR_SETTINGS = 0x01;

export const RESET = {
  PROTOCOL_ERROR: 1,
  INVALID_STREAM: 2,
  REFUSED_STREAM: 3,
  CANCEL: 5,
  FLOW_CONTROL_ERROR: 7,
  STREAM_ALREADY_CLOSED: 9,
} as const;

export const GOAWAY_STATUS = { OK: 0, PROTOCOL_ERROR: 1 } as const;

export const SETTING_INITIAL_WINDOW = 7;

/** Bytes that either end may send on a stream before it is told that some have been read. */
export const INITIAL_WINDOW = 65_536;

/** The other end does not speak the protocol: the connection cannot go on. */
export class SpdyProtocolError extends Error {
  override readonly name = 'SpdyProtocolError';
}
