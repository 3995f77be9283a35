import { etcdserverpb } from '@kubernetes-mesos/protos';
import { toNumber } from '../wire/int64';
import { keyRange } from './key-range';
import { encodeState, type KeyState } from './key-state';
import type { Store } from './store';

export interface RangeAnswer {
  /** Encoded `mvccpb.KeyValue`s. */
  readonly kvs: readonly Buffer[];
  readonly more: boolean;
  readonly count: number;
}

const EMPTY_VALUE = Buffer.alloc(0);

/** Answers a `RangeRequest` from the store. @throws EtcdError */
export function answerRange(store: Store, request: etcdserverpb.IRangeRequest): RangeAnswer {
  const limit = toNumber(request.limit);
  const select = selection(request);
  const order = ordering(request);
  const inFull = select !== undefined || order !== undefined;
  const range = keyRange(request.key, request.range_end);
  const fetch = request.count_only === true ? 1 : inFull || limit === 0 ? 0 : limit + 1;
  const { count, states } = store.range(range, toNumber(request.revision), fetch);
  if (request.count_only === true) return { kvs: [], more: false, count };
  const selected = select === undefined ? states : states.filter(select);
  if (order !== undefined) selected.sort(order);
  const more = limit > 0 && selected.length > limit;
  const shown = more ? selected.slice(0, limit) : selected;
  const kvs = shown.map((state) => (request.keys_only === true ? withoutValue(state) : state.raw));
  return { kvs, more, count };
}

function withoutValue(state: KeyState): Buffer {
  return encodeState({ ...state, value: EMPTY_VALUE }).raw;
}

/** The filter by revisions; `undefined` when there is none. */
function selection(request: etcdserverpb.IRangeRequest): ((state: KeyState) => boolean) | undefined {
  const minMod = toNumber(request.min_mod_revision);
  const maxMod = toNumber(request.max_mod_revision);
  const minCreate = toNumber(request.min_create_revision);
  const maxCreate = toNumber(request.max_create_revision);
  if (minMod === 0 && maxMod === 0 && minCreate === 0 && maxCreate === 0) return undefined;
  const within = (value: number, min: number, max: number): boolean => value >= min && (max === 0 || value <= max);
  return (state) => within(state.modRevision, minMod, maxMod) && within(state.createRevision, minCreate, maxCreate);
}

/** The order asked for; `undefined` when it is the store's own. */
function ordering(request: etcdserverpb.IRangeRequest): ((a: KeyState, b: KeyState) => number) | undefined {
  const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;
  const target = request.sort_target ?? SortTarget.KEY;
  const order = request.sort_order ?? SortOrder.NONE;
  if (target === SortTarget.KEY && order !== SortOrder.DESCEND) return undefined;
  const compare = comparison(target);
  return order === SortOrder.DESCEND ? (a, b) => compare(b, a) : compare;
}

function comparison(target: etcdserverpb.RangeRequest.SortTarget): (a: KeyState, b: KeyState) => number {
  const { SortTarget } = etcdserverpb.RangeRequest;
  switch (target) {
    case SortTarget.VERSION:
      return (a, b) => a.version - b.version;
    case SortTarget.CREATE:
      return (a, b) => a.createRevision - b.createRevision;
    case SortTarget.MOD:
      return (a, b) => a.modRevision - b.modRevision;
    case SortTarget.VALUE:
      return (a, b) => a.value.compare(b.value);
    default:
      return (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  }
}
