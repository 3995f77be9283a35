import type { Namespace } from '../../generated/core-v1.types';
import { invalid, type FieldError } from '../../machinery/field-error';
import { qualifiedNameProblems } from '../../machinery/names';
import { pushInvalid } from '../../machinery/object-meta-validation';
import {
  bodySubresource,
  defineCoreResource,
  restore,
  statusSubresource,
  validateKnownFinalizer,
  VERBS_WITHOUT_DELETECOLLECTION,
} from './define';
import { AGE_COLUMN, age, column, NAME_COLUMN } from './tables/columns';

const KUBERNETES_FINALIZER = 'kubernetes';

export const NAMESPACES = defineCoreResource<Namespace>({
  names: { plural: 'namespaces', singular: 'namespace', kind: 'Namespace', shortNames: ['ns'] },
  scope: 'Cluster',
  verbs: VERBS_WITHOUT_DELETECOLLECTION,
  selectableFields: { 'status.phase': (namespace) => namespace.status?.phase ?? '' },
  subresources: [
    bodySubresource(
      'finalize',
      'Namespace',
      ['update'],
      (namespace, old) => restore(namespace, old, 'status'),
      (namespace, _old, errors) => {
        for (const [index, finalizer] of (namespace.spec?.finalizers ?? []).entries()) {
          validateFinalizer(finalizer, `spec.finalizers[${index}]`, errors);
        }
      },
    ),
    statusSubresource('Namespace', (namespace, old) => restore(namespace, old, 'spec'), validateStatus),
  ],
  strategy: {
    nameFormat: 'dns-label',
    deleteAnswers: 'object',
    applyDefaults(namespace) {
      (namespace.status ??= {}).phase ??= 'Active';
    },
    prepareForCreate(namespace) {
      namespace.status = { phase: 'Active' };
      const finalizers = ((namespace.spec ??= {}).finalizers ??= []);
      if (!finalizers.includes(KUBERNETES_FINALIZER)) finalizers.push(KUBERNETES_FINALIZER);
    },
    prepareForUpdate(namespace, old) {
      restore(namespace, old, 'spec');
      restore(namespace, old, 'status');
    },
    updateChecks: ['metadata', 'spec', 'metadataChange'],
    validate(namespace, errors) {
      for (const finalizer of namespace.spec?.finalizers ?? []) validateFinalizer(finalizer, 'spec.finalizers', errors);
    },
  },
  table: {
    columns: [NAME_COLUMN, column('Status', 'Whether the namespace is in use or ending.'), AGE_COLUMN],
    cells: ({ metadata, status }, nowMs) => [metadata.name ?? '', status?.phase ?? '', age(metadata, nowMs)],
  },
});

function validateFinalizer(finalizer: string, path: string, errors: FieldError[]): void {
  pushInvalid(errors, path, finalizer, qualifiedNameProblems(finalizer));
  validateKnownFinalizer(finalizer, path, errors);
}

/** The phase says whether a deletion is under way. */
function validateStatus(namespace: Namespace, _old: Namespace, errors: FieldError[]): void {
  const isEnding = namespace.metadata.deletionTimestamp !== undefined;
  const phase = namespace.status?.phase ?? '';
  if (phase === (isEnding ? 'Terminating' : 'Active')) return;
  const detail = isEnding
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty";
  errors.push(invalid('status.Phase', phase, detail));
}
