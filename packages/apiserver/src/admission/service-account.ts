import { forbiddenError, type Container, type Pod, type ServiceAccount as Account } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { createdPod } from './pod-requests';

const DEFAULT_ACCOUNT = 'default';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** On an account: its pods use no secrets but those that it lists. */
const ENFORCE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
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

  validate(request: AdmissionRequest): void {
    const pod = request.object as Pod;
    if (!isMirror(pod)) return;
    const refuse = (what: string): Error =>
      forbiddenError(request.resource.resourceName, request.name, `a mirror pod may not reference ${what}`);
    if ((pod.spec?.serviceAccountName ?? '') !== '') throw refuse('service accounts');
    if (secretsOf(pod).length > 0) throw refuse('secrets');
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    const { spec } = request.object as Pod;
    // The pod runs already, whatever is found about it here.
    if (spec === undefined || isMirror(request.object as Pod)) return;
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
    if (account.metadata.annotations?.[ENFORCE_ANNOTATION] === 'true') {
      requireMountable(request.object as Pod, account, (detail) =>
        forbiddenError(request.resource.resourceName, request.name, detail),
      );
    }
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

function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
}

interface SecretUse {
  readonly secret: string;
  /** `volume with secret.secretName="x"`, as a refusal begins. */
  readonly place: string;
}

/** The secrets that a pod's volumes and environments name. */
function secretsOf({ spec }: Pod): SecretUse[] {
  const volumes = (spec?.volumes ?? []).flatMap(({ secret }) => {
    const name = secret?.secretName ?? '';
    return name === '' ? [] : [{ secret: name, place: `volume with secret.secretName=${JSON.stringify(name)}` }];
  });
  const inContainers = (kind: string, containers: readonly Container[]): SecretUse[] =>
    containers.flatMap(({ name: container, env = [], envFrom = [] }) => [
      ...env.flatMap(({ name, valueFrom }) => {
        const secret = valueFrom?.secretKeyRef?.name ?? '';
        const place = `${kind} ${container} with envVar ${name} referencing secret.secretName=${JSON.stringify(secret)}`;
        return secret === '' ? [] : [{ secret, place }];
      }),
      ...envFrom.flatMap(({ secretRef }) => {
        const secret = secretRef?.name ?? '';
        const place = `${kind} ${container} with envFrom referencing secret.secretName=${JSON.stringify(secret)}`;
        return secret === '' ? [] : [{ secret, place }];
      }),
    ]);
  return [
    ...volumes,
    ...inContainers('init container', spec?.initContainers ?? []),
    ...inContainers('container', spec?.containers ?? []),
  ];
}

/** @throws what `refuse` makes of the first secret that the account does not list */
function requireMountable(pod: Pod, account: Account, refuse: (detail: string) => Error): void {
  const { name = '' } = account.metadata;
  const listed = new Set((account.secrets ?? []).map((reference) => reference.name));
  for (const { secret, place } of secretsOf(pod)) {
    if (listed.has(secret)) continue;
    throw refuse(`${place} is not allowed because service account ${name} does not reference that secret`);
  }
  const pulled = new Set((account.imagePullSecrets ?? []).map((reference) => reference.name));
  for (const [index, { name: secret = '' }] of (pod.spec?.imagePullSecrets ?? []).entries()) {
    if (pulled.has(secret)) continue;
    throw refuse(
      `imagePullSecrets[${index}].name=${JSON.stringify(secret)} is not allowed because service account ${name} ` +
        'does not reference that imagePullSecret',
    );
  }
}
