import { defineKind } from '../legacy-kind';
import { referenceToInternal } from '../shared/endpoints';
import type { InternalEvent } from '../shared/internal';
import { compact, count, text } from '../shared/members';
import { timeText } from '../shared/time';
import { int, opt, str, struct, time } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal, withoutLabels } from './meta';
import { OBJECT_REFERENCE } from './pod-shapes';

const EVENT = struct('v1beta3.Event', {
  ...TYPE_META,
  metadata: OBJECT_META,
  involvedObject: OBJECT_REFERENCE,
  reason: opt(str),
  message: opt(str),
  source: struct('v1beta3.EventSource', { component: opt(str), host: opt(str) }),
  firstTimestamp: time,
  lastTimestamp: time,
  count: opt(int),
});

export const event = defineKind<InternalEvent, typeof EVENT>({
  kind: 'Event',
  apiVersion: API_VERSION,
  shape: EVENT,
  toInternal: (legacy) =>
    compact<InternalEvent>({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: withoutLabels(metaToInternal(legacy.metadata)),
      involvedObject: referenceToInternal(legacy.involvedObject),
      reason: text(legacy.reason),
      message: text(legacy.message),
      source: compact<NonNullable<InternalEvent['source']>>({
        component: text(legacy.source.component),
        host: text(legacy.source.host),
      }),
      firstTimestamp: legacy.firstTimestamp === '' ? null : legacy.firstTimestamp,
      lastTimestamp: legacy.lastTimestamp === '' ? null : legacy.lastTimestamp,
      count: count(legacy.count),
    }),
  fromInternal: (object) => ({
    metadata: withoutLabels(metaFromInternal(object.metadata)),
    involvedObject: object.involvedObject,
    reason: object.reason,
    message: object.message,
    source: object.source ?? {},
    firstTimestamp: timeText(object.firstTimestamp),
    lastTimestamp: timeText(object.lastTimestamp),
    count: object.count,
  }),
});
