import { StatusError, type Namespace } from '@kubernetes-mesos/api-types';
import { NAMESPACES, SERVICE_ACCOUNTS, type KubeClient } from '@kubernetes-mesos/client';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';

export interface AccountControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
}

const DEFAULT_ACCOUNT = 'default';

/** Gives every living namespace its service account `default`. Keys: names of namespaces. */
export class ServiceAccountController implements Controller {
  readonly name = 'service-accounts';
  readonly concurrency = 2;
  readonly #options: AccountControllerOptions;

  constructor(options: AccountControllerOptions) {
    this.#options = options;
    options.informers.of(NAMESPACES);
    options.informers.of(SERVICE_ACCOUNTS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const changed = (namespace: Namespace): void => keys.add(namespace.metadata.name ?? '');
    const stops = [
      informers.of(NAMESPACES).subscribe({ added: changed, updated: changed }),
      informers.of(SERVICE_ACCOUNTS).subscribe({
        deleted: (account) => {
          if (account.metadata.name === DEFAULT_ACCOUNT) keys.add(account.metadata.namespace ?? '');
        },
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(name: string): Promise<Result> {
    const { client, informers } = this.#options;
    const namespace = informers.lister(NAMESPACES).get(name);
    const ending = namespace?.metadata.deletionTimestamp !== undefined || namespace?.status?.phase === 'Terminating';
    if (namespace === undefined || ending) return DONE;
    if (informers.lister(SERVICE_ACCOUNTS).get(`${name}/${DEFAULT_ACCOUNT}`) !== undefined) return DONE;
    try {
      await client.create(SERVICE_ACCOUNTS, { metadata: { name: DEFAULT_ACCOUNT, namespace: name } });
    } catch (error) {
      if (!isSettled(error)) throw error;
    }
    return DONE;
  }
}

/** Somebody else made it, or the namespace has begun to end meanwhile. */
function isSettled(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  if (error.reason === 'AlreadyExists') return true;
  return error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true;
}
