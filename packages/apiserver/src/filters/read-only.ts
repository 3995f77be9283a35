import type { Clock } from '@kubernetes-mesos/component-base';
import { sendBody } from '../http/responder';
import type { Filter } from './filter';

/**
 * What the read-only port lets through: GET, at `rate` requests a second with bursts of `burst`. Texts are those of
 * release 0.14.
 */
export function readOnlyFilter(rate: number, burst: number, clock: Clock): Filter {
  let tokens = burst;
  let filledMs = clock.monotonic();
  return (exchange) => {
    if (exchange.method !== 'GET') {
      sendBody(exchange, 403, 'text/plain; charset=utf-8', Buffer.from('This is a read-only endpoint.'));
      return 'answered';
    }
    const nowMs = clock.monotonic();
    tokens = Math.min(burst, tokens + ((nowMs - filledMs) / 1000) * rate);
    filledMs = nowMs;
    if (tokens < 1) {
      exchange.response.setHeader('Retry-After', '1');
      const text = `Rate limit is ${rate} QPS or a burst of ${burst}`;
      sendBody(exchange, 429, 'text/plain; charset=utf-8', Buffer.from(text));
      return 'answered';
    }
    tokens -= 1;
    return 'pass';
  };
}
