import { timeoutError } from '@kubernetes-mesos/api-types';
import { parseDuration, type Clock } from '@kubernetes-mesos/component-base';
import type { ResponseFormat } from '../formats/format';
import type { Exchange } from '../http/exchange';
import { sendError } from '../http/responder';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** What an unreadable parameter counts as, ms. */
const DEFAULT_MS = 120_000;

/** Answers a write that takes longer than its `timeout` parameter says; it may still be done. */
export function limitTime(
  exchange: Exchange,
  clock: Pick<Clock, 'setTimer'>,
  format: ResponseFormat,
): { cancel(): void } | undefined {
  const text = exchange.query.get('timeout') ?? '';
  if (text === '' || !WRITES.has(exchange.method)) return undefined;
  const expire = (): void =>
    sendError(exchange, format, timeoutError('request did not complete within allowed duration'));
  const limitMs = parseDuration(text) ?? DEFAULT_MS;
  if (limitMs >= 1) return clock.setTimer(expire, limitMs);
  expire();
  return undefined;
}
