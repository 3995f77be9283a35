import { tooManyRequests } from '@kubernetes-mesos/api-types';
import { isLongRunning } from '../http/request-info';
import type { Filter } from './filter';

/** Refuses requests past `limit` under way at a time; watches and streams do not count. 0 means no limit. */
export function inFlightFilter(limit: number): Filter {
  let underWay = 0;
  const leave = (): void => {
    underWay -= 1;
  };
  return (_exchange, info) => {
    if (limit === 0 || isLongRunning(info)) return 'pass';
    if (underWay >= limit) throw tooManyRequests('Too many requests, please try again later.', 1);
    underWay += 1;
    return leave;
  };
}
