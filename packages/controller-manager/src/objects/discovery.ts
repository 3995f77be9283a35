import type { KubeClient, ResourceRef } from '@kubernetes-mesos/client';

/** One resource as discovery lists it. */
export interface DiscoveredResource {
  readonly ref: ResourceRef;
  readonly verbs: readonly string[];
}

/**
 * All resources that the server serves, of each group in its preferred version; subresources left out.
 * @throws Error when a list cannot be read: nobody may take a part for the whole
 */
export async function discoverResources(
  client: Pick<KubeClient, 'raw'>,
  signal: AbortSignal,
): Promise<readonly DiscoveredResource[]> {
  const resources = await resourcesOf(client, '', 'v1', signal);
  for (const group of listIn(await getJson(client, '/apis', signal), 'groups')) {
    const name = textIn(group, 'name');
    const preferred = field(group, 'preferredVersion');
    const version = textIn(preferred, 'version') ?? textIn(listIn(group, 'versions')[0], 'version');
    if (name === undefined || version === undefined) throw new Error('the list of API groups cannot be read');
    resources.push(...(await resourcesOf(client, name, version, signal)));
  }
  return resources;
}

async function resourcesOf(
  client: Pick<KubeClient, 'raw'>,
  group: string,
  version: string,
  signal: AbortSignal,
): Promise<DiscoveredResource[]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const found: DiscoveredResource[] = [];
  for (const entry of listIn(await getJson(client, path, signal), 'resources')) {
    const plural = textIn(entry, 'name');
    const kind = textIn(entry, 'kind');
    if (plural === undefined || kind === undefined) throw new Error(`the resources of ${path} cannot be read`);
    if (plural.includes('/')) continue;
    const namespaced = field(entry, 'namespaced') === true;
    const verbs = listIn(entry, 'verbs').filter((verb) => typeof verb === 'string');
    found.push({ ref: { group, version, plural, kind, namespaced }, verbs });
  }
  return found;
}

async function getJson(client: Pick<KubeClient, 'raw'>, path: string, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await client.raw(path, { signal });
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return JSON.parse(body);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined; // read only
}

function textIn(value: unknown, name: string): string | undefined {
  const text = field(value, name);
  return typeof text === 'string' ? text : undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? (list as unknown[]) : [];
}
