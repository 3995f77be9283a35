import { ErrorCode, ProtocolError } from './protocol';

/**
 * Length of each byte's code (RFC 7541, appendix B), 16 a line. The code is canonical: shorter codes come first, those of
 * one length in the order of their bytes; the end-of-string symbol is the last of the longest.
 */
const CODE_LENGTHS = [
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  ...[28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  ...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  ...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  ...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  ...[7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  ...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  ...[6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  ...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  ...[24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  ...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  ...[21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  ...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  ...[19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  ...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  ...[26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
];
const LONGEST = 30;

/** All codes of one length. */
interface CodeGroup {
  readonly firstCode: number;
  readonly bytes: readonly number[];
}

/** Decodes strings of header fields. */
export class HuffmanDecoder {
  /** By length of the code. */
  readonly #groups: readonly CodeGroup[];

  constructor() {
    const groups: CodeGroup[] = [];
    let code = 0;
    for (let length = 0; length <= LONGEST; length += 1) {
      const bytes = [...CODE_LENGTHS.keys()].filter((byte) => CODE_LENGTHS[byte] === length);
      groups.push({ firstCode: code, bytes });
      code = (code + bytes.length) * 2;
    }
    this.#groups = groups;
  }

  /** @returns one character a byte. @throws ProtocolError */
  decode(encoded: Buffer): string {
    let text = '';
    let code = 0;
    let length = 0;
    for (const octet of encoded) {
      for (let bit = 7; bit >= 0; bit -= 1) {
        code = code * 2 + ((octet >> bit) & 1);
        length += 1;
        const group = this.#groups[length];
        if (group === undefined) throw invalid();
        const byte = group.bytes[code - group.firstCode];
        if (byte === undefined) continue;
        text += String.fromCharCode(byte);
        code = 0;
        length = 0;
      }
    }
    // What is left fills the last octet with ones.
    if (length > 7 || code !== 2 ** length - 1) throw invalid();
    return text;
  }
}

function invalid(): ProtocolError {
  return new ProtocolError('an invalid Huffman code in a header', ErrorCode.compressionError);
}
