import { forbiddenError, type Pod } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { createdPod, isPodWrite } from './pod-requests';

/** The classes that exist without being made. */
const BUILT_IN_CLASSES: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
const PREEMPTION_POLICY = 'PreemptLowerPriority';

/** Fills in a pod's priority from the name of its class. Only the built-in classes are known. */
export class Priority implements AdmissionPlugin {
  readonly name = 'Priority';

  handles(request: AdmissionRequest): boolean {
    return isPodWrite(request);
  }

  mutate(request: AdmissionRequest): void {
    const pod = createdPod(request);
    if (pod === undefined) {
      keepPriority(request.object as Pod, request.old as Pod);
      return;
    }
    const { spec } = pod;
    if (spec === undefined) return;
    const { priorityClassName = '' } = spec;
    const computed = priorityClassName === '' ? 0 : BUILT_IN_CLASSES.get(priorityClassName);
    const refuse = (detail: string) => forbiddenError(request.resource.resourceName, request.name, detail);
    if (computed === undefined) throw refuse(`no PriorityClass with name ${priorityClassName} was found`);
    if (spec.priority !== undefined && spec.priority !== computed) {
      throw refuse(
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
          `priority admission controller computed ${computed} from the given PriorityClass name`,
      );
    }
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== PREEMPTION_POLICY) {
      throw refuse(
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ` +
          `priority admission controller computed ${PREEMPTION_POLICY} from the given PriorityClass name`,
      );
    }
    spec.priority = computed;
    spec.preemptionPolicy = PREEMPTION_POLICY;
  }
}

/** An update that leaves the computed fields out means what they are. */
function keepPriority(pod: Pod, old: Pod): void {
  const { spec } = pod;
  if (spec === undefined || old.spec === undefined) return;
  if (spec.priority === undefined && old.spec.priority !== undefined) spec.priority = old.spec.priority;
  if (spec.preemptionPolicy === undefined && old.spec.preemptionPolicy !== undefined) {
    spec.preemptionPolicy = old.spec.preemptionPolicy;
  }
}
