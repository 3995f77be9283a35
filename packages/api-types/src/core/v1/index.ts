import type { ResourceDefinition } from '../../machinery/resource-definition';
import { BINDINGS } from './binding';
import { COMPONENT_STATUSES } from './componentstatus';
import { CONFIG_MAPS } from './configmap';
import { ofAnyKind } from './define';
import { ENDPOINTS } from './endpoints';
import { EVENTS } from './event';
import { LIMIT_RANGES } from './limitrange';
import { NAMESPACES } from './namespace';
import { NODES } from './node';
import { PERSISTENT_VOLUMES } from './persistentvolume';
import { PERSISTENT_VOLUME_CLAIMS } from './persistentvolumeclaim';
import { definePods } from './pod';
import { definePodTemplates } from './podtemplate';
import { defineReplicationControllers } from './replicationcontroller';
import { RESOURCE_QUOTAS } from './resourcequota';
import { SECRETS } from './secret';
import { SERVICES } from './service';
import { SERVICE_ACCOUNTS } from './serviceaccount';
import type { PodValidationOptions } from './validation/options';

/** Every resource of the core group, sorted by name. */
export function coreV1Resources(options: PodValidationOptions): readonly ResourceDefinition[] {
  return [
    ofAnyKind(BINDINGS),
    ofAnyKind(COMPONENT_STATUSES),
    ofAnyKind(CONFIG_MAPS),
    ofAnyKind(ENDPOINTS),
    ofAnyKind(EVENTS),
    ofAnyKind(LIMIT_RANGES),
    ofAnyKind(NAMESPACES),
    ofAnyKind(NODES),
    ofAnyKind(PERSISTENT_VOLUME_CLAIMS),
    ofAnyKind(PERSISTENT_VOLUMES),
    ofAnyKind(definePods(options)),
    ofAnyKind(definePodTemplates(options)),
    ofAnyKind(defineReplicationControllers(options)),
    ofAnyKind(RESOURCE_QUOTAS),
    ofAnyKind(SECRETS),
    ofAnyKind(SERVICE_ACCOUNTS),
    ofAnyKind(SERVICES),
  ];
}

/** The same without privileged containers, as a server has it without flags. */
export const CORE_V1_RESOURCES: readonly ResourceDefinition[] = coreV1Resources({ allowPrivileged: false });
