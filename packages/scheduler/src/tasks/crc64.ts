/** CRC-64 with the ECMA-182 polynomial, reflected: the checksum that executor ids have always been made with. */

const POLYNOMIAL = 0xc96c5795d7870f42n;
const ALL_ONES = 0xffffffffffffffffn;

/** 16 hex digits. */
export function crc64Hex(text: string): string {
  const table = makeTable();
  let crc = ALL_ONES;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc = (table[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (crc >> 8n);
  }
  return (crc ^ ALL_ONES).toString(16).padStart(16, '0');
}

function makeTable(): bigint[] {
  return Array.from({ length: 256 }, (_, index) => {
    let entry = BigInt(index);
    for (let bit = 0; bit < 8; bit += 1) entry = (entry & 1n) === 1n ? (entry >> 1n) ^ POLYNOMIAL : entry >> 1n;
    return entry;
  });
}
