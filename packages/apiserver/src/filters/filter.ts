import type { Exchange } from '../http/exchange';
import type { RequestInfo } from '../http/request-info';

/**
 * One step before a request is served. It refuses by throwing a StatusError, answers itself (`answered`), or lets the
 * request pass; a function is called when the request is over.
 */
export type Filter = (exchange: Exchange, info: RequestInfo) => FilterOutcome | Promise<FilterOutcome>;

export type FilterOutcome = 'pass' | 'answered' | (() => void);
