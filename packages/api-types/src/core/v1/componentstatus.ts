import type { ComponentStatus } from '../../generated/core-v1.types';
import { defineCoreResource } from './define';
import { column, NAME_COLUMN } from './tables/columns';

/** Made up by the server when it is asked; nothing is stored. */
export const COMPONENT_STATUSES = defineCoreResource<ComponentStatus>({
  names: { plural: 'componentstatuses', singular: 'componentstatus', kind: 'ComponentStatus', shortNames: ['cs'] },
  scope: 'Cluster',
  verbs: ['get', 'list'],
  strategy: { deleteAnswers: 'status' },
  table: {
    columns: [
      NAME_COLUMN,
      column('Status', 'Whether the component is well.'),
      column('Message', 'What the component says.'),
      column('Error', 'What went wrong when it was asked.'),
    ],
    cells({ metadata, conditions = [] }) {
      const healthy = conditions.find(({ type }) => type === 'Healthy');
      const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
      return [metadata.name ?? '', status, healthy?.message ?? '', healthy?.error ?? ''];
    },
  },
});
