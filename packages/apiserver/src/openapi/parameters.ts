/** A parameter of a path or an operation that is not its body. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});

export const PRETTY = query('pretty', 'string', 'Whether the answer is indented: true or false.');

/** Of every operation that changes something: kubectl looks for it before it tries a dry run. */
const DRY_RUN = query(
  'dryRun',
  'string',
  'All: the request is checked and answered as ever, but nothing is kept. No other value is known.',
);
const FIELD_MANAGER = query(
  'fieldManager',
  'string',
  'Who or what makes the change, for the list of who manages which field: at most 128 printable characters. Server-side apply needs it.',
);
/** Tells kubectl that manifests are checked by the server. */
const FIELD_VALIDATION = query(
  'fieldValidation',
  'string',
  'What becomes of fields that are unknown or given twice: Ignore drops them, Warn drops them with a warning, Strict refuses the request.',
);
const FORCE = query(
  'force',
  'boolean',
  'Takes over fields that others manage. For server-side apply only, where without it they are a conflict.',
);

export const WRITE_PARAMETERS: readonly Parameter[] = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
export const PATCH_PARAMETERS: readonly Parameter[] = [...WRITE_PARAMETERS, FORCE];

export const DELETE_PARAMETERS: readonly Parameter[] = [
  DRY_RUN,
  query(
    'gracePeriodSeconds',
    'integer',
    'Seconds before the object is gone; 0 is at once. Absent: what is usual for its kind.',
  ),
  query('orphanDependents', 'boolean', 'Of old; propagationPolicy is the newer way. Not both.'),
  query(
    'propagationPolicy',
    'string',
    'What becomes of dependents: Orphan leaves them, Background deletes them afterwards, Foreground deletes them first.',
  ),
];

export const LIST_PARAMETERS: readonly Parameter[] = [
  query('continue', 'string', 'Where a list with a limit goes on: the value of the page before.'),
  query('fieldSelector', 'string', 'Only objects whose fields are so. Absent: all.'),
  query('labelSelector', 'string', 'Only objects whose labels are so. Absent: all.'),
  query(
    'limit',
    'integer',
    'How many objects to answer at most; when there are more, metadata.continue tells where to go on.',
  ),
  query('resourceVersion', 'string', 'Which state of the objects is asked for; see resourceVersionMatch.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: NotOlderThan or Exact.'),
  query('timeoutSeconds', 'integer', 'How many seconds the call may last, watches too.'),
];

export const NAMESPACE: Parameter = {
  name: 'namespace',
  in: 'path',
  type: 'string',
  description: 'namespace of the object, and of the authorization check',
};
/** What follows a subresource that hands requests on. */
export const REST: Parameter = {
  name: 'path',
  in: 'path',
  type: 'string',
  description: 'path of the request that is handed on',
};

export const WATCH_PARAMETERS: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'A watch may also get events that tell nothing but how far it is.'),
  query('watch', 'boolean', 'Answers changes as they happen, instead of a list.'),
];

export function nameParameter(kind: string): Parameter {
  return { name: 'name', in: 'path', type: 'string', description: `name of the ${kind}` };
}
