import { defineKind, type LegacyKind } from '../legacy-kind';
import { referenceToInternal } from '../shared/endpoints';
import type { InternalEvent } from '../shared/internal';
import { compact, count, text } from '../shared/members';
import { timeText } from '../shared/time';
import { int, opt, str, struct, time } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { OBJECT_REFERENCE } from './pod-shapes';

const EVENT = struct('v1beta1.Event', {
  ...META,
  involvedObject: OBJECT_REFERENCE,
  status: opt(str),
  reason: opt(str),
  message: opt(str),
  source: opt(str),
  host: opt(str),
  timestamp: time,
  firstTimestamp: time,
  lastTimestamp: time,
  count: opt(int),
});

/** An event of an elder client has `timestamp` only: it happened once, then. */
export function flatEvent(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalEvent, typeof EVENT>({
    kind: 'Event',
    apiVersion: dialect.apiVersion,
    shape: EVENT,
    toInternal: (legacy) => {
      const once = legacy.firstTimestamp === '' && legacy.timestamp !== '';
      const first = once ? legacy.timestamp : legacy.firstTimestamp;
      const last = once ? legacy.timestamp : legacy.lastTimestamp;
      return compact<InternalEvent>({
        kind: 'Event',
        apiVersion: 'v1',
        metadata: metaToInternal(legacy),
        involvedObject: referenceToInternal(legacy.involvedObject),
        reason: text(legacy.reason),
        message: text(legacy.message),
        source: compact<NonNullable<InternalEvent['source']>>({
          component: text(legacy.source),
          host: text(legacy.host),
        }),
        firstTimestamp: first === '' ? null : first,
        lastTimestamp: last === '' ? null : last,
        count: count(once ? 1 : legacy.count),
      });
    },
    fromInternal: (event) => ({
      ...metaFromInternal(event.metadata),
      involvedObject: event.involvedObject,
      reason: event.reason,
      message: event.message,
      source: event.source?.component,
      host: event.source?.host,
      timestamp: timeText(event.firstTimestamp),
      firstTimestamp: timeText(event.firstTimestamp),
      lastTimestamp: timeText(event.lastTimestamp),
      count: event.count,
    }),
  });
}
