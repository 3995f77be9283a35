import { coreV1Resources, type KubeObject, type ResourceDefinition, type TableCell } from '../../src';
import { differences, readSuite, type HttpCase } from './recordings';

const resources = coreV1Resources({ allowPrivileged: false });
const NOW_MS = Date.parse('2021-01-02T03:05:05Z');

interface RecordedTable {
  readonly kind: string;
  readonly columnDefinitions: readonly Record<string, unknown>[] | null;
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly conditions?: unknown }[];
}

function definitionOf(path: string): { definition: ResourceDefinition; key: string } | undefined {
  const { pathname } = new URL(path, 'http://server');
  const match = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/[^/]+(?:\/(?:status|finalize))?)?$/.exec(pathname);
  const definition = resources.find(({ names }) => names.plural === match?.[2]);
  return definition === undefined ? undefined : { definition, key: `${match?.[1] ?? ''}/${definition.names.plural}` };
}

function isTable({ response }: HttpCase): boolean {
  const body = response.body as { kind?: unknown } | undefined;
  return body?.kind === 'Table';
}

const scenarios = readSuite('v1-1.20').filter(({ cases }) => cases.some(isTable));

// Skipped where the recordings are absent.
(scenarios.length === 0 ? describe.skip : describe)('tables of kube-apiserver v1.20.2', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, { cases }) => {
    const stored = new Map<string, KubeObject>();
    const failures: string[] = [];
    for (const recorded of cases) {
      const target = definitionOf(recorded.request.path);
      if (target === undefined) continue;
      const { definition, key } = target;
      if (!isTable(recorded)) {
        remember(recorded, key, stored);
        continue;
      }
      const table = recorded.response.body as RecordedTable;
      const columns = definition.table.columns.map(({ name, type, format, priority }) => ({
        name,
        type,
        format,
        description: '<any>',
        priority,
      }));
      if (table.columnDefinitions !== null) {
        failures.push(
          ...differences(table.columnDefinitions, columns).map((text) => `${recorded.name}: columns${text}`),
        );
      }
      const nameAt = definition.table.columns.findIndex(({ format }) => format === 'name');
      for (const row of table.rows) {
        const object = stored.get(`${key}/${String(row.cells[nameAt])}`);
        // What is used of a quota is counted by the server, unseen by any recording.
        if (object === undefined || definition.names.kind === 'ResourceQuota') continue;
        const cells: TableCell[] = definition.table.cells(object, NOW_MS);
        failures.push(...differences(row.cells, cells, 'cells').map((text) => `${recorded.name}: ${text}`));
        const conditions = definition.table.conditions?.(object) ?? [];
        failures.push(
          ...differences(row.conditions ?? [], conditions, 'conditions').map((text) => `${recorded.name}: ${text}`),
        );
      }
    }
    expect(failures).toEqual([]);
  });
});

function remember({ request, response }: HttpCase, key: string, stored: Map<string, KubeObject>): void {
  if (response.body === undefined) return;
  const text = JSON.stringify(response.body)
    .replaceAll(/<time(?::\d+)?>|\{\{t\d+\}\}/g, '2021-01-02T03:04:05Z')
    .replaceAll(/"<port(?::\d+)?>"/g, '30123');
  const body = JSON.parse(text) as KubeObject & { readonly items?: unknown };
  if (request.method === 'GET' || body.kind === 'Status' || body.items !== undefined || response.status >= 300) return;
  stored.set(`${key}/${body.metadata.name ?? ''}`, body);
}
