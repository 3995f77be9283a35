import type { LimitRange } from '../../generated/core-v1.types';
import { defineCoreResource } from './define';
import { roundResourceList } from './defaults/resource-list';
import { NAME_COLUMN } from './tables/columns';
import { validateLimitRangeItems } from './validation/limit-range';

export const LIMIT_RANGES = defineCoreResource<LimitRange>({
  names: { plural: 'limitranges', singular: 'limitrange', kind: 'LimitRange', shortNames: ['limits'] },
  scope: 'Namespaced',
  strategy: {
    deleteAnswers: 'status',
    namesNameless: true,
    allowCreateOnUpdate: true,
    updateChecks: ['metadata', 'spec'],
    applyDefaults,
    validate: (range, errors) => validateLimitRangeItems(range.spec?.limits ?? [], errors),
  },
  table: {
    columns: [
      NAME_COLUMN,
      { name: 'Created At', type: 'date', format: '', description: 'When the object was created.', priority: 0 },
    ],
    cells: ({ metadata }) => [metadata.name ?? '', metadata.creationTimestamp ?? null],
  },
});

/** Containers: no default means the maximum, no default request the default, then the minimum. */
function applyDefaults(range: LimitRange): void {
  for (const item of range.spec?.limits ?? []) {
    for (const list of [item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio]) {
      roundResourceList(list);
    }
    if (item.type !== 'Container') continue;
    const limits = { ...item.max, ...item.default };
    const requests = { ...item.min, ...limits, ...item.defaultRequest };
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  }
}
