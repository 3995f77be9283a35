import type { Event } from '../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../machinery/field-error';
import { dnsSubdomainProblems, qualifiedNameProblems } from '../../machinery/names';
import { pushInvalid } from '../../machinery/object-meta-validation';
import { defineCoreResource } from './define';
import { column, firstOf, NAME_COLUMN, timeSince, wideColumn } from './tables/columns';

const TTL_SECONDS = 3600;
const MAX_SHORT_TEXT = 128;
const MAX_MESSAGE = 1024;

export const EVENTS = defineCoreResource<Event>({
  names: { plural: 'events', singular: 'event', kind: 'Event', shortNames: ['ev'] },
  scope: 'Namespaced',
  ttlSeconds: TTL_SECONDS,
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject?.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject?.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component ?? event.reportingComponent ?? '',
    type: (event) => event.type ?? '',
  },
  strategy: {
    nameFormat: 'path-segment',
    deleteAnswers: 'status',
    allowCreateOnUpdate: true,
    createChecks: ['spec'],
    updateChecks: ['spec'],
    validate,
  },
  table: {
    columns: [
      column('Last Seen', 'When it happened last.'),
      column('Type', 'Normal, Warning, or what newer versions know.'),
      column('Reason', 'Why it happened, in one word.'),
      column('Object', 'The object it happened to.'),
      wideColumn('Subobject', 'The part of the object it happened to.'),
      wideColumn('Source', 'Who reports it.'),
      column('Message', 'What happened.'),
      wideColumn('First Seen', 'When it happened first.'),
      wideColumn('Count', 'How often it happened.'),
      { ...NAME_COLUMN, priority: 1 },
    ],
    cells(event, nowMs) {
      const { involvedObject: object, series } = event;
      const first = event.firstTimestamp ?? event.eventTime;
      const last = series === undefined ? (event.lastTimestamp ?? first) : series.lastObservedTime;
      return [
        timeSince(last, nowMs),
        event.type ?? '',
        event.reason ?? '',
        [(object?.kind ?? '').toLowerCase(), ...((object?.name ?? '') === '' ? [] : [object?.name])].join('/'),
        object?.fieldPath ?? '',
        sourceText(event),
        (event.message ?? '').trim(),
        timeSince(first, nowMs),
        series === undefined ? event.count || 1 : (series.count ?? 0),
        event.metadata.name ?? '',
      ];
    },
  },
});

function validate(event: Event, errors: FieldError[]): void {
  const namespace = event.metadata.namespace ?? '';
  const about = event.involvedObject?.namespace ?? '';
  const isOldStyle = event.eventTime === undefined || event.eventTime === null;
  const isRightPlace = isOldStyle
    ? about === ''
      ? namespace === '' || namespace === 'default'
      : about === namespace
    : about !== '' || namespace === 'kube-system' || namespace === 'default';
  if (!isRightPlace) errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  if (!isOldStyle) validateNewStyle(event, errors);
  pushInvalid(errors, 'namespace', namespace, dnsSubdomainProblems(namespace));
}

/** Events with a time of their own name who reports them and what was done. */
function validateNewStyle(event: Event, errors: FieldError[]): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  if (reportingComponent === '') errors.push(required('reportingController'));
  pushInvalid(errors, 'reportingController', reportingComponent, qualifiedNameProblems(reportingComponent));
  // The second name is a slip of v1.20's own.
  requireShort('reportingInstance', reportingInstance, errors, 'repotingIntance');
  requireShort('action', action, errors);
  requireShort('reason', reason, errors);
  if (Buffer.byteLength(message) > MAX_MESSAGE)
    errors.push(invalid('message', '', `can have at most ${MAX_MESSAGE} characters`));
}

function requireShort(field: string, text: string, errors: FieldError[], whenLong = field): void {
  if (text === '') errors.push(required(field));
  if (Buffer.byteLength(text) > MAX_SHORT_TEXT)
    errors.push(invalid(whenLong, '', `can have at most ${MAX_SHORT_TEXT} characters`));
}

function sourceText(event: Event): string {
  const component = firstOf(event.source?.component, event.reportingComponent);
  const instance = firstOf(event.source?.host, event.reportingInstance);
  return instance === '' ? component : `${component}, ${instance}`;
}
