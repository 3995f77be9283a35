import type { Endpoints, KubeObject, Namespace } from '@kubernetes-mesos/api-types';
import { LATER_NAMESPACES } from '../bootstrap/own-objects';

/** Objects that the server makes of itself, where release 0.14 made others. */

const OWN_SERVICES = new Set(['kubernetes', 'kubernetes-ro']);

/** Whether a namespace is one that only later releases made, and nobody has written to since: 0.14 did not list it. */
export function isLaterNamespace(object: KubeObject): boolean {
  const { metadata, spec, status }: Namespace = object;
  return (
    LATER_NAMESPACES.includes(metadata.name ?? '') &&
    metadata.labels === undefined &&
    metadata.annotations === undefined &&
    spec?.finalizers?.join() === 'kubernetes' &&
    status?.phase === 'Active'
  );
}

/** The endpoints of the server's own services had a port without a name, as services had none for theirs. */
export function withOwnPortUnnamed(object: KubeObject, ownNamespace: string): KubeObject {
  const { name = '', namespace } = object.metadata;
  if (namespace !== ownNamespace || !OWN_SERVICES.has(name)) return object;
  const { subsets = [] }: Endpoints = object;
  const unnamed = subsets.map((subset) => ({
    ...subset,
    ...(subset.ports === undefined ? {} : { ports: subset.ports.map(({ port, protocol }) => ({ port, protocol })) }),
  }));
  return { ...object, subsets: unnamed } as Endpoints;
}
