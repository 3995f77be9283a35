import { etcdserverpb } from '@kubernetes-mesos/protos';
import type { Engine } from '../engine';
import { errors } from '../errors';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from '../mvcc/request-check';
import { toNumber } from '../wire/int64';
import { encoded, unary, type Method } from './service';

/** etcd's `--max-request-bytes`. */
export const MAX_REQUEST_BYTES = 1_572_864;

export function kvService(engine: Engine): Method[] {
  const { RangeRequest, PutRequest, DeleteRangeRequest, TxnRequest, CompactionRequest, CompactionResponse } =
    etcdserverpb;
  return [
    unary('/etcdserverpb.KV/Range', RangeRequest, (request) => {
      checkRange(request);
      return engine.range(request);
    }),
    unary('/etcdserverpb.KV/Put', PutRequest, (request, size) => {
      checkPut(request);
      checkSize(size);
      return engine.put(request);
    }),
    unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, (request, size) => {
      checkDeleteRange(request);
      checkSize(size);
      return engine.deleteRange(request);
    }),
    unary('/etcdserverpb.KV/Txn', TxnRequest, (request, size) => {
      checkTxn(request);
      checkSize(size);
      return engine.txn(request);
    }),
    unary('/etcdserverpb.KV/Compact', CompactionRequest, async (request) => {
      await engine.compact(toNumber(request.revision), request.physical);
      return encoded(CompactionResponse, { header: engine.headers.at(engine.revision) });
    }),
  ];
}

function checkSize(size: number): void {
  if (size > MAX_REQUEST_BYTES) throw errors.requestTooLarge();
}
