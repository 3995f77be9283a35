import { errorMessage } from '@kubernetes-mesos/component-base';
import { kindOfStatus } from './etcd-errors';
import { EtcdCallError } from './etcd-gateway';

/** grpc-js: no connection could be made, so nothing was sent. */
const NO_CONNECTION = /No connection established|ECONNREFUSED|Failed to connect|Name resolution failed|ENOTFOUND/;

/** What an error of the etcd3 client says about the fate of the call. In doubt: `unknown`. */
export function classifyEtcd3Error(error: unknown): EtcdCallError {
  if (error instanceof EtcdCallError) return error;
  const message = errorMessage(error);
  // etcd3's errors have no code; their message keeps grpc-js' `<code> <NAME>: <details>`.
  const code = /^(\d+) [A-Z_]+: /.exec(message)?.[1];
  const kind = kindOfStatus(code === undefined ? undefined : Number(code), message);
  return new EtcdCallError(kind === 'unknown' && NO_CONNECTION.test(message) ? 'notSent' : kind, message, {
    cause: error,
  });
}
