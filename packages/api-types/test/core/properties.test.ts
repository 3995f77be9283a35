/** For whatever a client may send: defaults are settled the first time, and nothing that is read is more than validation can look at. */
import fc from 'fast-check';
import {
  CORE_V1_RESOURCES,
  createSchemaRegistry,
  deepCopy,
  DecodeError,
  type FieldError,
  type KubeObject,
} from '../../src';
import { schemaShaped } from './arbitrary';
import { deepFreeze, Definition } from './definitions';

const registry = createSchemaRegistry();
const RUNS = 80;

describe.each(CORE_V1_RESOURCES.map(({ names, schema }) => ({ plural: names.plural, schema })))(
  '$plural',
  ({ plural, schema }) => {
    const kind = new Definition(plural, true);
    const { strategy, selectableFields, subresources, table } = kind.definition;
    const sent = schemaShaped(schema, registry).map((data) => ({ metadata: { name: 'x' }, ...data }));

    test('defaults are the same a second time, and what is encoded is read as it was', () => {
      fc.assert(
        fc.property(sent, (data) => {
          const once = read(data);
          if (once === undefined) return;
          const text = kind.encode(once);
          strategy.applyDefaults(once);
          expect(kind.encode(once)).toBe(text);
          expect(kind.encode(kind.read(JSON.parse(text)))).toBe(text);
        }),
        { numRuns: RUNS },
      );
    });

    test('what is right stays right through storage', () => {
      fc.assert(
        fc.property(sent, (data) => {
          const object = read(data);
          if (object === undefined) return;
          strategy.prepareForCreate(object);
          const errors = strategy.validateCreate(object);
          const stored = kind.read(JSON.parse(kind.encode(object)));
          expect(whatIsWrong(strategy.validateCreate(stored))).toEqual(whatIsWrong(errors));
        }),
        { numRuns: RUNS },
      );
    });

    test('whatever is read can be validated, changed, printed and selected', () => {
      fc.assert(
        fc.property(sent, sent, (data, other) => {
          const object = read(data);
          const old = read(other);
          if (object === undefined || old === undefined) return;
          deepFreeze(old);
          everyErrorHasText(strategy.validateCreate(deepCopy(object)));
          const changed = deepCopy(object);
          strategy.prepareForUpdate(changed, old);
          everyErrorHasText(strategy.validateUpdate(changed, old));
          for (const { update } of subresources) {
            const part = deepCopy(object);
            update?.prepare(part, old);
            if (update !== undefined) everyErrorHasText(update.validate(part, old));
          }
          expect(table.cells(object, 0)).toHaveLength(table.columns.length);
          for (const read of Object.values(selectableFields)) expect(typeof read(object)).toBe('string');
        }),
        { numRuns: RUNS },
      );
    });

    test('what is no such object is refused, or read as one', () => {
      fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 4 }), (spec) => {
          const object = read({
            metadata: { name: 'x' },
            spec,
            status: spec,
            data: spec,
            subsets: spec,
            template: spec,
          });
          if (object !== undefined) everyErrorHasText(strategy.validateCreate(object));
        }),
        { numRuns: RUNS },
      );
    });

    function read(data: object): KubeObject | undefined {
      try {
        return kind.read(data);
      } catch (error) {
        if (error instanceof DecodeError) return undefined;
        throw error;
      }
    }
  },
);

function everyErrorHasText(errors: readonly FieldError[]): void {
  for (const { field, detail } of errors) expect([typeof field, typeof detail]).toEqual(['string', 'string']);
}

/** Without the refused values, of which an encoded object may say more, and the order, which is that of maps. */
function whatIsWrong(errors: readonly FieldError[]): string[] {
  return errors.map(({ field, reason, detail }) => `${field} ${reason} ${detail}`).sort();
}
