import { tooManyRequests } from '@kubernetes-mesos/api-types';
import { isLongRunning } from '../http/request-info';
import type { Filter } from './filter';

/** Requests under way at a time; 0 means no limit. */
export interface InFlightLimits {
  /** Of those that only read. */
  readonly reading: number;
  /** Of those that change something, so that a storm of these leaves room to look. */
  readonly mutating: number;
}

const MUTATING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Refuses requests past the limits with 429; watches and streams do not count. */
export function inFlightFilter(limits: InFlightLimits): Filter {
  const reading = counter(limits.reading);
  const mutating = counter(limits.mutating);
  return (exchange, info) => (isLongRunning(info) ? 'pass' : MUTATING.has(exchange.method) ? mutating() : reading());
}

function counter(limit: number): () => 'pass' | (() => void) {
  let underWay = 0;
  const leave = (): void => {
    underWay -= 1;
  };
  return () => {
    if (limit === 0) return 'pass';
    if (underWay >= limit) throw tooManyRequests('Too many requests, please try again later.', 1);
    underWay += 1;
    return leave;
  };
}
