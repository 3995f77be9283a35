import { etcdserverpb } from '@kubernetes-mesos/protos';
import { toBuffer } from '../wire/bytes';
import { toId, toNumber } from '../wire/int64';
import { keyRange } from './key-range';
import type { KeyState } from './key-state';
import type { Store } from './store';

/** Whether every key of the comparison's range passes; a key that does not exist counts as all zeros, but has no value. */
export function passes(store: Store, compare: etcdserverpb.ICompare): boolean {
  const { states } = store.range(keyRange(compare.key, compare.range_end), 0, 0);
  if (states.length > 0) return states.every((state) => matches(compare, difference(compare, state)));
  if (compare.target === etcdserverpb.Compare.CompareTarget.VALUE) return false;
  return matches(compare, difference(compare, undefined));
}

/** Of the key against the comparison's operand: negative, zero or positive. */
function difference(compare: etcdserverpb.ICompare, state: KeyState | undefined): number {
  const { CompareTarget } = etcdserverpb.Compare;
  switch (compare.target ?? CompareTarget.VERSION) {
    case CompareTarget.CREATE:
      return (state?.createRevision ?? 0) - toNumber(compare.create_revision);
    case CompareTarget.MOD:
      return (state?.modRevision ?? 0) - toNumber(compare.mod_revision);
    case CompareTarget.VALUE:
      return (state?.value ?? Buffer.alloc(0)).compare(toBuffer(compare.value ?? Buffer.alloc(0)));
    case CompareTarget.LEASE: {
      const lease = BigInt(state?.lease ?? 0) - BigInt(toId(compare.lease));
      return lease < 0n ? -1 : lease > 0n ? 1 : 0;
    }
    default:
      return (state?.version ?? 0) - toNumber(compare.version);
  }
}

function matches(compare: etcdserverpb.ICompare, order: number): boolean {
  const { CompareResult } = etcdserverpb.Compare;
  switch (compare.result ?? CompareResult.EQUAL) {
    case CompareResult.GREATER:
      return order > 0;
    case CompareResult.LESS:
      return order < 0;
    case CompareResult.NOT_EQUAL:
      return order !== 0;
    default:
      return order === 0;
  }
}
