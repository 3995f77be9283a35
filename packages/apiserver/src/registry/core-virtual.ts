import { coreV1Resources, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { GroupedVirtual } from '../api-core';
import type { ServedResource } from '../endpoints/served-resource';
import { bindingHandler } from '../http/subresource-handlers';
import type { ApiTools } from '../http/surface';
import { computedResource, createOnlyResource } from '../http/virtual-resources';
import { componentStatus, probeComponents, type Component } from './component-statuses';

/** Core resources that are not kept: bindings, which become part of a pod, and component statuses, which are asked for. */
export function coreVirtualResources(
  tools: ApiTools,
  pods: ServedResource,
  components: readonly Component[],
  schemas: SchemaRegistry,
): GroupedVirtual[] {
  const found: GroupedVirtual[] = [];
  for (const definition of coreV1Resources({ allowPrivileged: false })) {
    const { group, version } = definition;
    if (definition.names.plural === 'bindings') {
      found.push({ group, version, ...createOnlyResource(definition, bindingHandler(tools, pods)) });
    } else if (definition.names.plural === 'componentstatuses') {
      const codec = schemas.codec(definition.schema);
      const statuses = computedResource(
        tools,
        definition,
        async () => (await probeComponents(components)).map(componentStatus),
        (object) => codec.encode(object),
      );
      found.push({ group, version, ...statuses });
    }
  }
  return found;
}
