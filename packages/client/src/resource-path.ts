import type { DeleteOptions, ListOptions, ResourceRef, WatchOptions } from './rest-client';

/** `/api/v1/namespaces/default/pods/web/status`; `namespace` absent or `''`: across all namespaces. */
export function resourcePath(
  resource: ResourceRef,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  let path = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  if (resource.namespaced && namespace !== undefined && namespace !== '') {
    path += `/namespaces/${encodeURIComponent(namespace)}`;
  }
  path += `/${resource.plural}`;
  if (name !== undefined) path += `/${encodeURIComponent(name)}`;
  if (subresource !== undefined) path += `/${subresource}`;
  return path;
}

/** `?labelSelector=...`, or `''`. */
export function listQuery(options: ListOptions): string {
  return queryOf([
    ['labelSelector', options.labelSelector],
    ['fieldSelector', options.fieldSelector],
    ['resourceVersion', options.resourceVersion],
    ['limit', options.limit],
    ['continue', options.continue],
  ]);
}

export function watchQuery(options: WatchOptions): string {
  return queryOf([
    ['watch', true],
    ['labelSelector', options.labelSelector],
    ['fieldSelector', options.fieldSelector],
    ['resourceVersion', options.resourceVersion],
    ['allowWatchBookmarks', options.allowBookmarks],
    ['timeoutSeconds', options.timeoutSeconds],
  ]);
}

/** The body of a DELETE; `undefined` when there is nothing to say. */
export function deleteBody(options: DeleteOptions): Record<string, unknown> | undefined {
  const { gracePeriodSeconds, uid, resourceVersion, propagationPolicy } = options;
  if (
    gracePeriodSeconds === undefined &&
    uid === undefined &&
    resourceVersion === undefined &&
    propagationPolicy === undefined
  ) {
    return undefined;
  }
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(uid === undefined && resourceVersion === undefined
      ? {}
      : {
          preconditions: {
            ...(uid === undefined ? {} : { uid }),
            ...(resourceVersion === undefined ? {} : { resourceVersion }),
          },
        }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
  };
}

function queryOf(entries: readonly (readonly [string, string | number | boolean | undefined])[]): string {
  let query = '';
  for (const [name, value] of entries) {
    if (value === undefined || value === '') continue;
    query += `${query === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return query;
}
