import { endOfPrefix, type EtcdGateway, type KeyValue } from '../etcd/etcd-gateway';

/** Keys in the first page, and limits of the others. */
const FIRST_KEYS = 500;
const LEAST_KEYS = 50;
const MOST_KEYS = 1_000;
/** What a page should be about, bytes of values: far below what strains etcd, and some 20 ms of work here. */
const PAGE_BYTES = 2 * 1024 * 1024;

/**
 * Reads all keys that start with `prefix` as they are at `revision`, in key order, in pages. etcd works on the next page
 * while `consume` works on one.
 * @throws EtcdCallError
 */
export async function readPages(
  gateway: Pick<EtcdGateway, 'range'>,
  prefix: string,
  revision: number,
  consume: (entries: readonly KeyValue[]) => void,
): Promise<void> {
  const end = endOfPrefix(prefix);
  let coming = gateway.range({ key: prefix, end, limit: FIRST_KEYS, revision });
  for (;;) {
    const { entries, more } = await coming;
    const last = entries[entries.length - 1];
    const isLast = !more || last === undefined;
    if (!isLast) coming = gateway.range({ key: `${last.key}\0`, end, limit: keysOfNextPage(entries), revision });
    consume(entries);
    if (isLast) return;
  }
}

/** So many keys that the page will be about `PAGE_BYTES`, if its values are like those of the page before. */
export function keysOfNextPage(entries: readonly { readonly value: { readonly length: number } }[]): number {
  let bytes = 0;
  for (const { value } of entries) bytes += value.length;
  const keys = Math.floor((PAGE_BYTES * entries.length) / Math.max(1, bytes));
  return Math.max(LEAST_KEYS, Math.min(MOST_KEYS, keys));
}
