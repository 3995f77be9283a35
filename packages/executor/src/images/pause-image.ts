/**
 * The image of the container that holds a pod's network, made from nothing: one static program of some hundred bytes in
 * one tar, for `docker import`. So a node needs no registry to run its first pod.
 */

/**
 * Machine code of the program. It blocks SIGINT, SIGTERM and SIGCHLD and waits for them (a blocked signal reaches even
 * process 1, which the kernel spares from unhandled ones): SIGCHLD reaps every child that has ended, the others end it.
 * System calls: rt_sigprocmask, rt_sigtimedwait, wait4, exit_group; the last eight bytes are the signal set.
 */
const CODE: Readonly<Record<'amd64' | 'arm64', string>> = {
  amd64:
    'b80e00000031ff488d355200000031d241ba080000000f05b880000000488d3d3c00000031f631d241ba080000000f0583f811740d85c0' +
    '78dfb8e700000031ff0f05b83d000000bfffffffff31f6ba010000004531d20f0585c07fe6ebba66900240010000000000',
  arm64:
    'e81080d2000080d241030010020080d2030180d2010000d4281180d2a0020010010080d2020080d2030180d2010000d41f440071a00000' +
    '5400ffff37c80b80d2000080d2010000d4882080d200008092010080d2220080d2030080d2010000d41f0000712cffff54ecffff171f20' +
    '03d50240010000000000',
};

const MACHINE: Readonly<Record<'amd64' | 'arm64', number>> = { amd64: 62, arm64: 183 };

export type PauseArchitecture = keyof typeof CODE;

const LOAD_ADDRESS = 0x400000n;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** The program as a static ELF file. */
export function pauseProgram(architecture: PauseArchitecture): Buffer {
  const code = Buffer.from(CODE[architecture], 'hex');
  const headers = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const file = Buffer.alloc(headers + code.length);
  file.write('\x7fELF', 0, 'latin1');
  file.set([2, 1, 1], 4); // 64 bit, little endian, version 1
  file.writeUInt16LE(2, 16); // executable
  file.writeUInt16LE(MACHINE[architecture], 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(LOAD_ADDRESS + BigInt(headers), 24); // entry
  file.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // program headers
  file.writeUInt16LE(ELF_HEADER_BYTES, 52);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, ELF_HEADER_BYTES); // to be loaded
  file.writeUInt32LE(5, ELF_HEADER_BYTES + 4); // read and execute
  file.writeBigUInt64LE(LOAD_ADDRESS, ELF_HEADER_BYTES + 16);
  file.writeBigUInt64LE(LOAD_ADDRESS, ELF_HEADER_BYTES + 24);
  file.writeBigUInt64LE(BigInt(file.length), ELF_HEADER_BYTES + 32);
  file.writeBigUInt64LE(BigInt(file.length), ELF_HEADER_BYTES + 40);
  file.writeBigUInt64LE(0x1000n, ELF_HEADER_BYTES + 48);
  code.copy(file, headers);
  return file;
}

/** A tar with `/pause` in it. */
export function pauseLayer(architecture: PauseArchitecture): Buffer {
  return tar('pause', pauseProgram(architecture), 0o755);
}

const BLOCK = 512;

function tar(name: string, content: Buffer, mode: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 'latin1');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148, 'latin1'); // blank checksum, regular file
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}
