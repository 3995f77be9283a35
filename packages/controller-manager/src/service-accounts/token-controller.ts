import {
  generateName,
  objectKey,
  type RandomInteger,
  type Secret,
  type ServiceAccount,
} from '@kubernetes-mesos/api-types';
import { SECRETS, SERVICE_ACCOUNTS, type KubeClient } from '@kubernetes-mesos/client';
import { unlessGone } from '../objects/failures';
import { splitKey } from '../objects/keys';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import {
  ACCOUNT_NAME_ANNOTATION,
  ACCOUNT_UID_ANNOTATION,
  base64,
  decideTokens,
  TOKEN_SECRET_TYPE,
  tokenPrefix,
} from './decide-tokens';
import type { TokenSigner } from './token';

export interface TokenControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly signer: TokenSigner;
  readonly rootCa: string | undefined;
  readonly random: RandomInteger;
}

/** Gives every service account a secret with its token. Keys: `namespace/name` of the account. */
export class TokenController implements Controller {
  readonly name = 'tokens';
  readonly concurrency = 2;
  readonly #options: TokenControllerOptions;

  constructor(options: TokenControllerOptions) {
    this.#options = options;
    options.informers.of(SERVICE_ACCOUNTS);
    options.informers.of(SECRETS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const accountChanged = (account: ServiceAccount): void => keys.add(objectKey(account));
    const secretChanged = (secret: Secret): void => {
      const account = accountOf(secret);
      if (account !== undefined) keys.add(`${secret.metadata.namespace ?? ''}/${account}`);
    };
    const stops = [
      informers.of(SERVICE_ACCOUNTS).subscribe({
        added: accountChanged,
        updated: accountChanged,
        deleted: accountChanged,
      }),
      informers.of(SECRETS).subscribe({ added: secretChanged, updated: secretChanged, deleted: secretChanged }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const { client, informers, rootCa } = this.#options;
    const { namespace, name } = splitKey(key);
    // Both read from the server: a copy that lags would make a second secret, or remove a good one.
    const account = await unlessGone(client.get(SERVICE_ACCOUNTS, { namespace, name }));
    const secrets = informers
      .lister(SECRETS)
      .list(namespace)
      .filter((secret) => accountOf(secret) === name);
    const plan = decideTokens({ account, secrets, rootCa });
    for (const secret of plan.remove) await this.#remove(secret);
    if (account === undefined) return DONE;
    for (const secret of plan.fill) await this.#fill(account, secret);
    if (plan.create) await this.#create(account);
    for (const secret of plan.list) await this.#list(account, secret);
    return DONE;
  }

  async #create(account: ServiceAccount): Promise<void> {
    const { client, random } = this.#options;
    const { namespace = '' } = account.metadata;
    // A secret of an earlier attempt that the copy does not show yet is found here.
    const fresh = await client.list(SECRETS, { namespace, fieldSelector: `type=${TOKEN_SECRET_TYPE}` });
    const plan = decideTokens({
      account,
      secrets: fresh.items.filter((secret) => accountOf(secret) === account.metadata.name),
      rootCa: this.#options.rootCa,
    });
    if (!plan.create) {
      for (const secret of plan.list) await this.#list(account, secret);
      return;
    }
    const name = generateName(tokenPrefix(account), random);
    const secret = this.#filled(account, { metadata: { name, namespace }, type: TOKEN_SECRET_TYPE });
    await client.create(SECRETS, secret);
    await this.#list(account, name);
  }

  async #fill(account: ServiceAccount, secret: Secret): Promise<void> {
    await unlessGone(this.#options.client.update(SECRETS, this.#filled(account, secret)));
  }

  async #list(account: ServiceAccount, secret: string): Promise<void> {
    const updated = { ...account, secrets: [...(account.secrets ?? []), { name: secret }] };
    await unlessGone(this.#options.client.update(SERVICE_ACCOUNTS, updated));
  }

  async #remove(secret: Secret): Promise<void> {
    const { namespace = '', name = '', uid } = secret.metadata;
    await unlessGone(this.#options.client.delete(SECRETS, { namespace, name }, uid === undefined ? {} : { uid }));
  }

  #filled(account: ServiceAccount, secret: Secret): Secret {
    const { signer, rootCa } = this.#options;
    const { name = '', namespace = '', annotations } = secret.metadata;
    const { name: accountName = '', uid: accountUid = '' } = account.metadata;
    const present = secret.data?.['token'] ?? '';
    const token = signer.sign({ namespace, account: accountName, accountUid, secret: name });
    return {
      ...secret,
      metadata: {
        ...secret.metadata,
        annotations: {
          ...annotations,
          [ACCOUNT_NAME_ANNOTATION]: accountName,
          [ACCOUNT_UID_ANNOTATION]: accountUid,
        },
      },
      data: {
        ...secret.data,
        ...(rootCa === undefined ? {} : { 'ca.crt': base64(rootCa) }),
        namespace: base64(namespace),
        token: present === '' ? base64(token) : present,
      },
    };
  }
}

function accountOf(secret: Secret): string | undefined {
  return secret.type === TOKEN_SECRET_TYPE ? secret.metadata.annotations?.[ACCOUNT_NAME_ANNOTATION] : undefined;
}
