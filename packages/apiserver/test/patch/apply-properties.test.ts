import { createSchemaRegistry, type ManagedFieldsEntry } from '@kubernetes-mesos/api-types';
import fc from 'fast-check';
import { FieldSet } from '../../src/patch/apply/field-set';
import { ownable } from '../../src/patch/apply/owned-fields';
import { createServerSideApply } from '../../src/patch/apply/server-side-apply';
import { Topology } from '../../src/patch/apply/topology';
import { fieldsOfValue } from '../../src/patch/apply/typed-value';
import { mergeTyped } from '../../src/patch/apply/typed-merge';
import { TypeView } from '../../src/patch/type-view';

type Json = Record<string, unknown>;

const schemas = createSchemaRegistry();
const applier = createServerSideApply(schemas);
const topology = new Topology(new TypeView(schemas));
const POD = 'io.k8s.api.core.v1.Pod';
const place = topology.root(POD);

const value = fc.constantFrom('1', '2');
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const unique = (key: string) => ({ selector: (item: Json) => JSON.stringify([item[key], item['protocol'] ?? 'TCP']) });

const container = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    image: some(value),
    args: some(fc.array(value, { minLength: 1, maxLength: 2 })),
    env: some(
      fc.uniqueArray(fc.record({ name: fc.constantFrom('X', 'Y'), value }), {
        minLength: 1,
        maxLength: 2,
        ...unique('name'),
      }),
    ),
    ports: some(
      fc.uniqueArray(
        fc.record(
          { containerPort: fc.constantFrom(80, 443), protocol: fc.constantFrom('TCP', 'UDP'), name: value },
          { requiredKeys: ['containerPort'] },
        ),
        { minLength: 1, maxLength: 2, ...unique('containerPort') },
      ),
    ),
  })
  .map(withoutUndefined);

const config = fc
  .record({
    labels: some(fc.dictionary(fc.constantFrom('l', 'm'), value, { minKeys: 1 })),
    finalizers: some(fc.uniqueArray(fc.constantFrom('x/1', 'x/2'), { minLength: 1 })),
    nodeSelector: some(fc.dictionary(fc.constantFrom('n', 'o'), value, { minKeys: 1 })),
    containers: some(fc.uniqueArray(container, { minLength: 1, maxLength: 3, ...unique('name') })),
  })
  .map(({ labels, finalizers, nodeSelector, containers }) => ({
    apiVersion: 'v1',
    metadata: withoutUndefined({ name: 'p', labels, finalizers }),
    // An empty object is a place of its own, which a filled one is not.
    spec: withoutUndefined({ hostname: 'h', nodeSelector, containers }),
  }));

const step = fc.record({ manager: fc.constantFrom('x', 'y', 'z'), config, force: fc.boolean() });

test('whatever is applied by whom, objects and owners fit each other', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
      let object: Json | undefined;
      for (const { manager, config: applied, force } of steps) {
        const before = object;
        const next = attempt(object, manager, applied, force);
        if (next === undefined) {
          // Only what others own can be in the way.
          expect(force).toBe(false);
          continue;
        }
        const owners = ownersOf(next);
        const all = fieldsOf(next);
        // What was applied is there.
        expect(fieldsOf(mergeTyped(topology, next, applied, place) as Json).toFields()).toEqual(all.toFields());
        expect(owners.get(manager)?.toFields() ?? {}).toEqual(fieldsOf(applied).toFields());
        // What is there has an owner, and what is owned is there.
        let owned = new FieldSet();
        for (const fields of owners.values()) owned = owned.union(fields);
        expect(owned.toFields()).toEqual(all.toFields());
        // Others keep what they own, unless they were forced.
        if (!force) {
          for (const [other, fields] of before === undefined ? [] : ownersOf(before)) {
            if (other !== manager) expect(owners.get(other)?.toFields()).toEqual(fields.toFields());
          }
        }
        // The same again is nothing.
        expect(attempt(next, manager, applied, false)).toEqual(next);
        object = next;
      }
    }),
    { numRuns: 60 },
  );
});

function attempt(current: Json | undefined, manager: string, applied: Json, force: boolean): Json | undefined {
  const request = { schema: POD, kind: 'Pod', apiVersion: 'v1', subresource: '', nowMs: 0 };
  try {
    return applier.apply({ ...request, current, applied: structuredClone(applied), manager, force });
  } catch {
    return undefined;
  }
}

function fieldsOf(object: Json): FieldSet {
  return ownable(fieldsOfValue(topology, object, place), '');
}

function ownersOf(object: Json): Map<string, FieldSet> {
  const { managedFields = [] } = object['metadata'] as { managedFields?: ManagedFieldsEntry[] };
  return new Map(managedFields.map(({ manager = '', fieldsV1 }) => [manager, FieldSet.fromFields(fieldsV1)]));
}

function withoutUndefined(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}
