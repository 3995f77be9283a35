import { forbiddenError, notFoundError, type Namespace } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { VerbContext } from '../endpoints/verb-context';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

const NAMESPACES = { group: '', name: 'namespaces' };
/** The system needs these. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing new in a namespace that is missing or ending; the namespaces of the system stay. */
export class NamespaceLifecycle implements AdmissionPlugin {
  readonly name = 'NamespaceLifecycle';

  constructor(private readonly namespaces: ServedResource) {}

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    if (subresource !== '') return false;
    if (resource.definition.names.plural === 'namespaces') return operation === 'DELETE';
    return operation === 'CREATE' && resource.definition.scope === 'Namespaced';
  }

  async mutate(request: AdmissionRequest, context: VerbContext): Promise<void> {
    const { operation, resource, namespace, name } = request;
    if (operation === 'DELETE') {
      if (IMMORTAL.has(name)) throw forbiddenError(NAMESPACES, name, 'this namespace may not be deleted');
      return;
    }
    const found = await findNamespace(this.namespaces, namespace);
    if (found === undefined) {
      if (context.allowsMissingNamespace === true) return;
      throw notFoundError(NAMESPACES, namespace);
    }
    if (found.status?.phase !== 'Terminating') return;
    throw forbiddenError(
      resource.resourceName,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      {
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      },
    );
  }
}

/** Nothing new in a namespace that is missing. */
export class NamespaceExists implements AdmissionPlugin {
  readonly name = 'NamespaceExists';

  constructor(private readonly namespaces: ServedResource) {}

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    return operation === 'CREATE' && subresource === '' && resource.definition.scope === 'Namespaced';
  }

  async mutate({ namespace }: AdmissionRequest): Promise<void> {
    if ((await findNamespace(this.namespaces, namespace)) === undefined) throw notFoundError(NAMESPACES, namespace);
  }
}

/** A missing namespace is made when the first object is put into it. */
export class NamespaceAutoProvision implements AdmissionPlugin {
  readonly name = 'NamespaceAutoProvision';

  constructor(
    private readonly namespaces: ServedResource,
    private readonly createNamespace: (name: string) => Promise<void>,
  ) {}

  handles({ operation, resource, subresource, dryRun }: AdmissionRequest): boolean {
    return operation === 'CREATE' && subresource === '' && !dryRun && resource.definition.scope === 'Namespaced';
  }

  async mutate({ namespace }: AdmissionRequest): Promise<void> {
    if ((await findNamespace(this.namespaces, namespace)) === undefined) await this.createNamespace(namespace);
  }
}

/** From the cache; what it does not have is asked of the store, since it may be new. */
async function findNamespace(namespaces: ServedResource, name: string): Promise<Namespace | undefined> {
  const key = { namespace: '', name };
  const stored = (await namespaces.store.get(key, { kind: 'any' })) ?? (await namespaces.store.get(key));
  return stored?.object;
}
