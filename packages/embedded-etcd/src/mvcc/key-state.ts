import { mvccpb } from '@kubernetes-mesos/protos';
import { fromText, toBuffer, toText, type KeyText } from '../wire/bytes';
import { fromId, NO_LEASE, toId, toNumber } from '../wire/int64';

/** A key as it was after one change, with its encoded `mvccpb.KeyValue`, which is what is stored and sent. */
export interface KeyState {
  readonly key: KeyText;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Buffer;
  readonly lease: string;
  readonly raw: Buffer;
}

export function encodeState(state: Omit<KeyState, 'raw'>): KeyState {
  const raw = toBuffer(
    mvccpb.KeyValue.encode({
      key: fromText(state.key),
      create_revision: state.createRevision,
      mod_revision: state.modRevision,
      version: state.version,
      ...(state.value.length === 0 ? {} : { value: state.value }),
      ...(state.lease === NO_LEASE ? {} : { lease: fromId(state.lease) }),
    }).finish(),
  );
  return { ...state, value: valueIn(raw, state), raw };
}

/** The value as part of `raw`, so that the request it came in can be freed. */
function valueIn(raw: Buffer, { value, lease }: Omit<KeyState, 'raw'>): Buffer {
  return lease === NO_LEASE ? raw.subarray(raw.length - value.length) : toBuffer(mvccpb.KeyValue.decode(raw).value);
}

/** What is stored of a deletion: the key and the revision. A state with version 0 is one. */
export function encodeTombstone(key: KeyText, modRevision: number): Buffer {
  return toBuffer(mvccpb.KeyValue.encode({ key: fromText(key), mod_revision: modRevision }).finish());
}

export function decodeState(raw: Buffer): KeyState {
  const kv = mvccpb.KeyValue.decode(raw);
  return {
    key: toText(kv.key),
    createRevision: toNumber(kv.create_revision),
    modRevision: toNumber(kv.mod_revision),
    version: toNumber(kv.version),
    value: toBuffer(kv.value),
    lease: toId(kv.lease),
    raw,
  };
}
