import type { ServedResources } from '../api-core';
import type { SpecialSubresources } from '../http/resource-version';
import type { ProxyOf } from './legacy-version';
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
      // A name without anything behind it is the root, without a redirect to it.
      await handler(exchange, place.rest === '' ? { ...place, rest: '/' } : place);
    };
  };
}
