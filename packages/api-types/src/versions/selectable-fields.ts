import type { LegacyVersion } from '../machinery/conversion';
import type { KubeObject } from '../machinery/object';
import type { InternalEvent, InternalNamespace, InternalPod, InternalReplicationController } from './shared/internal';
import { phaseFromInternal } from './flat/pod-status';

/** The value of a field selector's label in an internal object. */
export type SelectableFields = Readonly<Record<string, (object: KubeObject) => string>>;

const name = (object: KubeObject): string => object.metadata.name ?? '';
const nodeName = of<InternalPod>(({ spec }) => spec.nodeName);
const phase = of<InternalPod>(({ status }) => status?.phase);
const replicas = of<InternalReplicationController>(({ status }) => String(status?.replicas ?? 0));
const namespacePhase = of<InternalNamespace>(({ status }) => status?.phase);

const FLAT: Readonly<Record<string, SelectableFields>> = {
  Pod: { name, 'DesiredState.Host': nodeName, 'DesiredState.Status': (pod) => phaseFromInternal(phase(pod)) },
  ReplicationController: { name, 'currentState.replicas': replicas },
  Event: eventFields('involvedObject.id'),
};

const FIELDS: Readonly<Record<LegacyVersion, Readonly<Record<string, SelectableFields>>>> = {
  v1beta1: { ...FLAT, Namespace: { 'status.phase': namespacePhase } },
  v1beta2: FLAT,
  v1beta3: {
    Pod: { name, 'spec.host': nodeName, 'status.phase': phase },
    ReplicationController: { name, 'status.replicas': replicas },
    Event: eventFields('involvedObject.name'),
  },
};

/** By label; `undefined` for a kind that has none at all. */
export function selectableFields(version: LegacyVersion, kind: string): SelectableFields | undefined {
  const fields = FIELDS[version];
  return Object.hasOwn(fields, kind) ? fields[kind] : undefined;
}

function eventFields(nameLabel: string): SelectableFields {
  const involved = (member: keyof InternalEvent['involvedObject']): ((object: KubeObject) => string) =>
    of<InternalEvent>(({ involvedObject }) => involvedObject[member]);
  return {
    'involvedObject.kind': involved('kind'),
    'involvedObject.namespace': involved('namespace'),
    [nameLabel]: involved('name'),
    'involvedObject.uid': involved('uid'),
    'involvedObject.apiVersion': involved('apiVersion'),
    'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'),
    reason: of<InternalEvent>(({ reason }) => reason),
    source: of<InternalEvent>(({ source }) => source?.component),
  };
}

/** A selector is only asked about objects of its own kind. */
function of<T extends KubeObject>(read: (object: T) => string | undefined): (object: KubeObject) => string {
  return (object) => read(object as T) ?? '';
}
