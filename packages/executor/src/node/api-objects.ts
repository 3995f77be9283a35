import { StatusError, type KubeObject } from '@kubernetes-mesos/api-types';
import type { KubeClient, ResourceRef } from '@kubernetes-mesos/client';
import type { Clock } from '@kubernetes-mesos/component-base';
import type { ConfigMap, Secret } from '../api/core-v1';

/** Reads of the objects that pods refer to. Equal reads within a moment share one request. */
export interface ApiObjects {
  /** `undefined` when there is none. */
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** A bound token of a service account. */
  token(
    namespace: string,
    serviceAccount: string,
    options: { readonly audience?: string; readonly expirationSeconds: number; readonly pod: KubeObject },
  ): Promise<string>;
}

export const CONFIG_MAP_REF: ResourceRef<ConfigMap> = core('configmaps', 'ConfigMap');
export const SECRET_REF: ResourceRef<Secret> = core('secrets', 'Secret');
const SERVICE_ACCOUNT_REF: ResourceRef = core('serviceaccounts', 'ServiceAccount');
const SHARE_MS = 1_000;

export class ClientApiObjects implements ApiObjects {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #reads = new Map<string, { readonly at: number; readonly object: Promise<KubeObject | undefined> }>();

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#read(CONFIG_MAP_REF, namespace, name);
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#read(SECRET_REF, namespace, name);
  }

  async token(
    namespace: string,
    serviceAccount: string,
    options: { readonly audience?: string; readonly expirationSeconds: number; readonly pod: KubeObject },
  ): Promise<string> {
    const { audience, expirationSeconds, pod } = options;
    const answer = await this.#client.subresource(
      'POST',
      SERVICE_ACCOUNT_REF,
      { namespace, name: serviceAccount },
      'token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: {},
        spec: {
          audiences: audience === undefined ? [] : [audience],
          expirationSeconds,
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.metadata.name, uid: pod.metadata.uid },
        },
      },
    );
    const token = tokenOf(answer);
    if (token === undefined) throw new Error('the API server answered a token request without a token');
    return token;
  }

  async #read<T extends KubeObject>(ref: ResourceRef<T>, namespace: string, name: string): Promise<T | undefined> {
    const key = `${ref.plural}/${namespace}/${name}`;
    const now = this.#clock.monotonic();
    for (const [other, { at }] of this.#reads) if (now - at > SHARE_MS) this.#reads.delete(other);
    const shared = this.#reads.get(key);
    // The key names the kind, so what is shared under it is of that kind.
    if (shared !== undefined) return (await shared.object) as T | undefined;
    const object = this.#client.get(ref, { namespace, name }).catch((error: unknown) => {
      if (error instanceof StatusError && error.code === 404) return undefined;
      throw error;
    });
    this.#reads.set(key, { at: now, object });
    return object;
  }
}

function core<T extends KubeObject>(plural: string, kind: string): ResourceRef<T> {
  return { group: '', version: 'v1', plural, kind, namespaced: true };
}

function tokenOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return undefined;
  const { status } = answer;
  if (typeof status !== 'object' || status === null || !('token' in status)) return undefined;
  return typeof status.token === 'string' ? status.token : undefined;
}
