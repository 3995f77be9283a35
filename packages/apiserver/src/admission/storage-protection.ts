import type { AdmissionPlugin, AdmissionRequest } from './admission';

const FINALIZERS: ReadonlyMap<string, string> = new Map([
  ['persistentvolumes', 'kubernetes.io/pv-protection'],
  ['persistentvolumeclaims', 'kubernetes.io/pvc-protection'],
]);

/** Volumes and claims are not removed while in use: a finalizer holds them until a controller lets them go. */
export class StorageObjectInUseProtection implements AdmissionPlugin {
  readonly name = 'StorageObjectInUseProtection';

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    const { group, names } = resource.definition;
    return operation === 'CREATE' && subresource === '' && group === '' && FINALIZERS.has(names.plural);
  }

  mutate({ object, resource }: AdmissionRequest): void {
    const finalizer = FINALIZERS.get(resource.definition.names.plural);
    if (object === undefined || finalizer === undefined) return;
    const { finalizers = [] } = object.metadata;
    if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
  }
}
