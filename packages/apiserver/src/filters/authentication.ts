import { unauthorized } from '@kubernetes-mesos/api-types';
import { authenticateWith, type Authenticator } from '../authentication/authenticator';
import { ANONYMOUS } from '../http/exchange';
import type { User } from '../endpoints/verb-context';
import { OPEN_PATHS } from './authorization';
import { sendBody } from '../http/responder';
import type { Filter, FilterOutcome } from './filter';
import { isOldVersionPath } from './old-versions';

/** Who everybody is on the insecure ports. */
export const UNSECURED: User = {
  name: 'system:unsecured',
  uid: '',
  groups: ['system:masters', 'system:authenticated'],
};

/** Lets everybody in as an administrator: for ports that only the trusted can reach. */
export const insecureFilter: Filter = (exchange) => {
  exchange.user = UNSECURED;
  return 'pass';
};

/** Finds out who asks; without credentials the request goes on as anonymous where that is allowed. */
export function authenticationFilter(authenticators: readonly Authenticator[], allowAnonymous: boolean): Filter {
  return async (exchange, info): Promise<FilterOutcome> => {
    const found = await authenticateWith(authenticators, exchange.request);
    const isOpen = !info.isResource && OPEN_PATHS.has(info.path);
    if (found === 'refused' || (found === undefined && !allowAnonymous && !isOpen)) {
      if (authenticators.some(({ name }) => name === 'basic-auth-file')) {
        exchange.response.setHeader('WWW-Authenticate', 'Basic realm="kubernetes-master"');
      }
      if (!isOldVersionPath(exchange.path)) throw unauthorized();
      sendBody(exchange, 401, 'text/plain; charset=utf-8', Buffer.from('Unauthorized'));
      return 'answered';
    }
    exchange.user = found?.user ?? ANONYMOUS;
    // What is known now is for nobody below to read again.
    delete exchange.request.headers.authorization;
    return 'pass';
  };
}
