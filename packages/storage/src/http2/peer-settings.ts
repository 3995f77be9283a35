import { DEFAULT_MAX_FRAME_SIZE, DEFAULT_WINDOW, ErrorCode, MAX_WINDOW, ProtocolError, Setting } from './protocol';

/** What the peer allows. */
export interface PeerSettings {
  readonly maxConcurrentStreams: number;
  readonly initialWindow: number;
  readonly maxFrameSize: number;
}

export const DEFAULT_PEER_SETTINGS: PeerSettings = {
  maxConcurrentStreams: Number.POSITIVE_INFINITY,
  initialWindow: DEFAULT_WINDOW,
  maxFrameSize: DEFAULT_MAX_FRAME_SIZE,
};

const LARGEST_FRAME = 2 ** 24 - 1;

/** The settings after a SETTINGS frame. @throws ProtocolError */
export function applySettings(current: PeerSettings, payload: Buffer): PeerSettings {
  if (payload.length % 6 !== 0) throw new ProtocolError('SETTINGS of a wrong size', ErrorCode.frameSizeError);
  let { maxConcurrentStreams, initialWindow, maxFrameSize } = current;
  for (let at = 0; at < payload.length; at += 6) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case Setting.maxConcurrentStreams:
        maxConcurrentStreams = value;
        break;
      case Setting.initialWindowSize:
        if (value > MAX_WINDOW) throw new ProtocolError(`a window of ${value}`, ErrorCode.flowControlError);
        initialWindow = value;
        break;
      case Setting.maxFrameSize:
        if (value < DEFAULT_MAX_FRAME_SIZE || value > LARGEST_FRAME) throw new ProtocolError(`frames of ${value}`);
        maxFrameSize = value;
        break;
    }
  }
  return { maxConcurrentStreams, initialWindow, maxFrameSize };
}
