import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CORE_V1_RESOURCES,
  createSchemaRegistry,
  type KubeObject,
  type ManagedFieldsEntry,
} from '@kubernetes-mesos/api-types';
import { goldensFolder } from '@kubernetes-mesos/test-support';
import { createUpdateTracker } from '../../src/patch/apply/update-tracker';

type Json = Record<string, unknown>;

/** Recorded answers of real servers; without them these tests are skipped. */
const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;

interface Case {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
}

/** A creation, and the managed fields that the real server gave it: clients send them back. */
const RECORDED = ['configmap', 'endpoints', 'limitrange', 'node', 'podtemplate', 'resourcequota', 'secret', 'service'];

/** What newer servers own otherwise: a selector as a whole, a status only by writes of the status. */
function asToday(fields: Json): Json {
  const rest = { ...fields };
  delete rest['f:status'];
  const spec = rest['f:spec'];
  if (typeof spec !== 'object' || spec === null || !('f:selector' in spec)) return rest;
  return { ...rest, 'f:spec': { ...spec, 'f:selector': {} } };
}

when('a creation owns what the real server said that it owns', () => {
  const schemas = createSchemaRegistry();
  const tracker = createUpdateTracker(schemas);

  test.each([
    ...RECORDED.map((kind) => `object--${kind}`),
    'pods--lifecycle',
    'rc--lifecycle',
    'persistentvolumes--lifecycle',
  ])('%s', (scenario) => {
    const cases = casesOf(scenario);
    const later = cases.map(({ request }) => request.body as KubeObject | undefined).find(isManaged);
    if (later === undefined) throw new Error('no managed fields recorded');
    const { kind, name } = { kind: later.kind, name: later.metadata.name };
    const created = cases.find(({ request: { method, body } }) => {
      const object = body as KubeObject | undefined;
      return method === 'POST' && object?.kind === kind && object?.metadata.name === name;
    });
    const definition = CORE_V1_RESOURCES.find(({ names }) => names.kind === kind);
    if (definition === undefined) throw new Error(`no ${kind}`);
    const object = schemas
      .codec(definition.schema)
      .decode(structuredClone(created?.request.body)) as unknown as KubeObject;
    definition.strategy.applyDefaults(object);
    const write = { old: undefined, object, schema: definition.schema, apiVersion: 'v1', subresource: '' };
    tracker.track({ ...write, writer: { fieldManager: 'unknown' } }, 0);
    const [recorded] = later.metadata.managedFields ?? [];
    expect(object.metadata.managedFields?.[0]?.fieldsV1).toEqual(asToday((recorded?.fieldsV1 ?? {}) as Json));
  });
});

function isManaged(object: KubeObject | undefined): boolean {
  const entries: readonly ManagedFieldsEntry[] | undefined = object?.metadata?.managedFields;
  return (entries ?? []).length > 0;
}

function casesOf(scenario: string): Case[] {
  const folder = join(goldens ?? '', 'v1-1.20', scenario);
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case);
}
