import { reservationsOf, type Resource, type ValueRange } from '@kubernetes-mesos/mesos';

/** `[31000-32000, 40000-40000]`, as Mesos prints ranges. */
export function rangesText(ranges: readonly ValueRange[]): string {
  return `[${ranges.map((range) => `${range.begin}-${range.end}`).join(', ')}]`;
}

/** Resources as Mesos writes them into messages: `cpus(allocated: k8s):0.1; ports:[31000-31000]`. */
export function resourcesText(resources: Iterable<Resource>): string {
  const parts: string[] = [];
  for (const resource of resources) parts.push(`${nameText(resource)}:${valueText(resource)}`);
  return parts.length === 0 ? '{}' : parts.join('; ');
}

/** The flat object of the JSON endpoints: always `cpus`, `mem`, `disk`, `gpus`; ranges as text. */
export function flatResources(resources: Iterable<Resource>): Record<string, number | string> {
  const flat: Record<string, number | string> = { cpus: 0, disk: 0, gpus: 0, mem: 0 };
  const ranges = new Map<string, ValueRange[]>();
  const items = new Map<string, string[]>();
  for (const resource of resources) {
    const name = resource.revocable === undefined ? resource.name : `${resource.name}_revocable`;
    if (resource.type === 'SCALAR') {
      const before = flat[name];
      flat[name] = round((typeof before === 'number' ? before : 0) + (resource.scalar?.value ?? 0));
    } else if (resource.type === 'RANGES') {
      ranges.set(name, [...(ranges.get(name) ?? []), ...(resource.ranges?.range ?? [])]);
    } else if (resource.type === 'SET') {
      items.set(name, [...(items.get(name) ?? []), ...(resource.set?.item ?? [])]);
    }
  }
  for (const [name, list] of ranges) flat[name] = rangesText([...list].sort((a, b) => a.begin - b.begin));
  for (const [name, list] of items) flat[name] = `{${list.join(', ')}}`;
  return flat;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function nameText(resource: Resource): string {
  const notes: string[] = [];
  if (resource.allocation_info?.role !== undefined) notes.push(`allocated: ${resource.allocation_info.role}`);
  const reservations = reservationsOf(resource);
  if (reservations.length > 0) {
    const stack = reservations.map(({ type, role }) => `(${type ?? 'STATIC'},${role ?? '*'})`).join(',');
    notes.push(`reservations: [${stack}]`);
  }
  return notes.length === 0 ? resource.name : `${resource.name}(${notes.join(')(')})`;
}

function valueText(resource: Resource): string {
  switch (resource.type) {
    case 'SCALAR':
      return String(round(resource.scalar?.value ?? 0));
    case 'RANGES':
      return rangesText(resource.ranges?.range ?? []);
    case 'SET':
      return `{${(resource.set?.item ?? []).join(', ')}}`;
    case 'TEXT':
      return '';
  }
}
