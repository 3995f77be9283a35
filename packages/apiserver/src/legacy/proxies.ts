import type { ServedResources } from '../api-core';
import type { SpecialSubresources } from '../http/resource-version';
import type { ProxyOf } from './legacy-version';
import { serviceUnavailable, StatusError } from '@kubernetes-mesos/api-types';
import { answerText, NO_SUCH_METHOD } from './text-answers';

/** The `proxy` subresources of pods, services and nodes, as the older URLs `/proxy/pods/NAME/...` need them. */
export function proxiesOf(resources: ServedResources, special: SpecialSubresources): ProxyOf {
  return (plural) => {
    const served = resources.get(plural);
    const routes = served === undefined ? undefined : special(served, 'proxy');
    if (routes === undefined) return undefined;
    return async (exchange, place) => {
      const handler = routes.methods[exchange.method];
      if (handler === undefined) return answerText(exchange, 405, NO_SUCH_METHOD);
      try {
        // A name without anything behind it is the root, without a redirect to it.
        await handler(exchange, place.rest === '' ? { ...place, rest: '/' } : place);
      } catch (error) {
        throw unreachable(error);
      }
    };
  };
}

/** What does not answer was 503 then, not 502. */
function unreachable(error: unknown): unknown {
  return error instanceof StatusError && error.code === 502 ? serviceUnavailable(error.message) : error;
}
