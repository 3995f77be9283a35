import { StatusError } from '@kubernetes-mesos/api-types';
import type { AccessRequest, Authorizer } from '../authorization/authorizer';
import type { Exchange } from '../http/exchange';
import type { RequestInfo } from '../http/request-info';
import { sendBody } from '../http/responder';
import { isUpgrade } from '../http/upgrades';
import type { Filter } from './filter';
import { isOldVersionPath } from './old-versions';

/** Paths that anybody may ask, so that probes and clients work without credentials. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/version']);

/** What runs in a pod: whoever may only read must not get there by asking with GET. */
const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

/** Refuses what the authorizer does not allow, 403. */
export function authorizationFilter(authorizer: Authorizer): Filter {
  return (exchange, info) => {
    if (!info.isResource && OPEN_PATHS.has(info.path)) return 'pass';
    const request: AccessRequest = { ...info, user: exchange.user };
    const wanted = isStream(exchange, info) ? [request, { ...request, verb: 'create' }] : [request];
    for (const each of wanted) {
      const decision = authorizer.authorize(each);
      if (decision.isAllowed) continue;
      if (!isOldVersionPath(exchange.path)) throw forbidden(each, decision.reason);
      const text = `Forbidden: ${JSON.stringify(exchange.request.url ?? '/')}`;
      sendBody(exchange, 403, 'text/plain; charset=utf-8', Buffer.from(text));
      return 'answered';
    }
    return 'pass';
  };
}

/** A node's kubelet serves the same streams. */
function isStream({ request }: Exchange, { resource, subresource }: RequestInfo): boolean {
  return STREAMS.has(subresource) || (resource === 'nodes' && subresource === 'proxy' && isUpgrade(request));
}

/** The words of upstream: who may not do what, where. */
export function forbidden(request: AccessRequest, reason: string): StatusError {
  const { user, verb, group, namespace, resource, subresource, name, path, isResource } = request;
  const place = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? ' at the cluster scope' : ` in the namespace ${JSON.stringify(namespace)}`;
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot`;
  const message = isResource
    ? `${group === '' ? resource : `${resource}.${group}`} ${name === '' ? '' : `${JSON.stringify(name)} `}is forbidden: ` +
      `${who} ${verb} resource ${JSON.stringify(place)} in API group ${JSON.stringify(group)}${where}${why}`
    : `forbidden: ${who} ${verb} path ${JSON.stringify(path)}${why}`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Forbidden',
    details: isResource ? { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource } : {},
    code: 403,
  });
}
