import { forbiddenError, type Pod, type ServiceAccount as Account } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { createdPod } from './pod-requests';

const DEFAULT_ACCOUNT = 'default';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_TYPE = 'kubernetes.io/service-account-token';

/** Pods run as a service account: the named one, which must exist, or `default`; its token is mounted where it has one. */
export class ServiceAccount implements AdmissionPlugin {
  readonly name = 'ServiceAccount';

  constructor(
    private readonly accounts: ServedResource,
    private readonly secrets: ServedResource,
  ) {}

  handles(request: AdmissionRequest): boolean {
    return createdPod(request) !== undefined;
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    const { spec } = request.object as Pod;
    if (spec === undefined) return;
    const name = spec.serviceAccountName ?? DEFAULT_ACCOUNT;
    spec.serviceAccountName = name;
    spec.serviceAccount = name;
    const { namespace } = request;
    const stored = await this.accounts.store.get({ namespace, name });
    if (stored === undefined) {
      throw forbiddenError(
        request.resource.resourceName,
        request.name,
        `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
      );
    }
    const account = stored.object as Account;
    if ((spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets !== undefined) {
      spec.imagePullSecrets = account.imagePullSecrets.map((reference) => ({ ...reference }));
    }
    const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    if (automount) await this.#mountToken(request.object as Pod, account, namespace);
  }

  async #mountToken(pod: Pod, account: Account, namespace: string): Promise<void> {
    const { spec } = pod;
    const secret = await this.#tokenSecret(account, namespace);
    if (spec === undefined || secret === undefined) return;
    const volumes = spec.volumes ?? [];
    const existing = volumes.find((volume) => volume.secret?.secretName === secret);
    const volumeName = existing?.name ?? secret;
    let isMounted = false;
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      const mounts = container.volumeMounts ?? [];
      if (mounts.some((mount) => mount.mountPath === TOKEN_PATH)) continue;
      container.volumeMounts = [...mounts, { name: volumeName, readOnly: true, mountPath: TOKEN_PATH }];
      isMounted = true;
    }
    if (isMounted && existing === undefined) {
      spec.volumes = [...volumes, { name: volumeName, secret: { secretName: secret, defaultMode: 420 } }];
    }
  }

  /** The first of the account's secrets that holds a token. */
  async #tokenSecret(account: Account, namespace: string): Promise<string | undefined> {
    for (const { name = '' } of account.secrets ?? []) {
      if (name === '') continue;
      const stored = await this.secrets.store.get({ namespace, name });
      const secret: { type?: string } | undefined = stored?.object as { type?: string } | undefined;
      if (secret?.type === TOKEN_TYPE) return name;
    }
    return undefined;
  }
}
