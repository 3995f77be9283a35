import type { Binding } from '../../generated/core-v1.types';
import { notSupported, required, type FieldError } from '../../machinery/field-error';
import { defineCoreResource } from './define';
import { AGE_COLUMN, age, NAME_COLUMN } from './tables/columns';

/** The older way to bind a pod: POST to `bindings`. The newer one is the pod's subresource `binding`, with the same body. */
export const BINDINGS = defineCoreResource<Binding>({
  names: { plural: 'bindings', singular: 'binding', kind: 'Binding' },
  scope: 'Namespaced',
  verbs: ['create'],
  strategy: {
    deleteAnswers: 'status',
    validate: (binding, errors) => errors.push(...validateBinding(binding)),
  },
  table: {
    columns: [NAME_COLUMN, AGE_COLUMN],
    cells: ({ metadata }, nowMs) => [metadata.name ?? '', age(metadata, nowMs)],
  },
});

/** What is wrong with the body of a binding, beyond its metadata. */
export function validateBinding(binding: Binding): FieldError[] {
  const { kind = '', name = '' } = binding.target ?? {};
  const errors: FieldError[] = [];
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (name === '') errors.push(required('target.name'));
  return errors;
}
