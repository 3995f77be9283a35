import type { FieldSchema, Schema } from '@kubernetes-mesos/api-types';
import { isRecord, type TypeView } from '../type-view';
import { keyElement, valueElement, type PathElement } from './path-element';

/** How the parts of a value are owned. */
export type Relation =
  /** As a whole. */
  | { readonly kind: 'atomic' }
  /** Each declared member by itself. */
  | { readonly kind: 'struct' }
  /** Each entry by itself. */
  | { readonly kind: 'map' }
  /** Each element by itself, found by these keys. */
  | { readonly kind: 'list'; readonly keys: readonly string[] }
  /** Each plain element by itself. */
  | { readonly kind: 'set' };

/** A place's schema and how its parts are owned. */
export interface Place {
  readonly schema: Schema | undefined;
  readonly relation: Relation;
}

const ATOMIC: Relation = { kind: 'atomic' };
const STRUCT: Relation = { kind: 'struct' };
const MAP: Relation = { kind: 'map' };
const SET: Relation = { kind: 'set' };
const UNKNOWN: Place = { schema: undefined, relation: ATOMIC };

const CORE = 'io.k8s.api.core.v1.';

/** Object types that upstream marks `x-kubernetes-map-type: atomic`. */
const ATOMIC_TYPES = new Set([
  `${CORE}ConfigMapKeySelector`,
  `${CORE}LocalObjectReference`,
  `${CORE}NodeSelector`,
  `${CORE}NodeSelectorTerm`,
  `${CORE}ObjectFieldSelector`,
  `${CORE}ObjectReference`,
  `${CORE}ResourceFieldSelector`,
  `${CORE}ScopeSelector`,
  `${CORE}ScopedResourceSelectorRequirement`,
  `${CORE}SecretKeySelector`,
  `${CORE}SecretReference`,
  `${CORE}TopologySelectorTerm`,
  `${CORE}TypedLocalObjectReference`,
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
]);

/** Maps with plain values that upstream marks so. */
const ATOMIC_FIELDS = new Set([
  `${CORE}PodSpec.nodeSelector`,
  `${CORE}ReplicationControllerSpec.selector`,
  `${CORE}ServiceSpec.selector`,
]);

/** What a key of a list element is when the element leaves it out. */
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: 'TCP' };

/** Answers how the parts of each place are owned, from the schemas. */
export class Topology {
  readonly #types: TypeView;

  constructor(types: TypeView) {
    this.#types = types;
  }

  root(schemaName: string): Place {
    return { schema: { type: 'ref', name: schemaName }, relation: STRUCT };
  }

  /** The place of a member; `undefined` for one that the type does not declare. */
  member(place: Place, name: string): Place | undefined {
    const { schema, relation } = place;
    if (relation.kind === 'map') return this.#placeOf(schema?.type === 'map' ? schema.values : undefined, undefined);
    const field = this.#types.fieldsOf(schema)?.get(name);
    if (field === undefined) return undefined;
    const owner = schema?.type === 'ref' ? schema.name : '';
    if (ATOMIC_FIELDS.has(`${owner}.${name}`)) return { schema: field.schema, relation: ATOMIC };
    return this.#placeOf(field.schema, field);
  }

  /** Whether a member is there even when it is empty, so that filling it does not add it. */
  isAlwaysThere({ schema }: Place, name: string): boolean {
    return this.#types.fieldsOf(schema)?.get(name)?.presence === 'always';
  }

  /** The members of a place that are there even when its value does not have them. */
  alwaysThere({ schema }: Place): readonly string[] {
    const fields = this.#types.fieldsOf(schema) ?? new Map<string, FieldSchema>();
    return [...fields.values()].filter(({ presence }) => presence === 'always').map(({ name }) => name);
  }

  /** The place of a list's elements. */
  element(place: Place): Place {
    return place.schema?.type === 'array' ? this.#placeOf(place.schema.items, undefined) : UNKNOWN;
  }

  /** Declared names are a closed set here. */
  isStruct(place: Place): boolean {
    return place.relation.kind === 'struct';
  }

  #placeOf(schema: Schema | undefined, field: FieldSchema | undefined): Place {
    switch (schema?.type) {
      case 'ref': {
        const isAtomic =
          field?.mapType === 'atomic' || (ATOMIC_TYPES.has(schema.name) && field?.mapType !== 'granular');
        const hasFields = (this.#types.fieldsOf(schema)?.size ?? 0) > 0;
        return { schema, relation: isAtomic || !hasFields ? ATOMIC : STRUCT };
      }
      case 'map':
        return { schema, relation: field?.mapType === 'atomic' ? ATOMIC : MAP };
      case 'array':
        return { schema, relation: listRelation(field) };
      default:
        return { schema, relation: ATOMIC };
    }
  }
}

/** The step to a list's element; `undefined` for one that lacks a key. */
export function stepTo(relation: Relation, element: unknown): PathElement | undefined {
  if (relation.kind === 'set') return valueElement(element);
  if (relation.kind !== 'list' || !isRecord(element)) return undefined;
  const keys: [string, unknown][] = [];
  for (const name of [...relation.keys].sort()) {
    const value = element[name] ?? KEY_DEFAULTS[name];
    if (value === undefined) return undefined;
    keys.push([name, value]);
  }
  return keyElement(keys);
}

/** The first key that an element of such a list lacks. */
export function missingKey(keys: readonly string[], element: Readonly<Record<string, unknown>>): string | undefined {
  return keys.find((name) => (element[name] ?? KEY_DEFAULTS[name]) === undefined);
}

function listRelation(field: FieldSchema | undefined): Relation {
  switch (field?.listType) {
    case 'map':
      return { kind: 'list', keys: field.listMapKeys ?? [] };
    case 'set':
      return SET;
    case 'atomic':
      return ATOMIC;
    default:
  }
  // As the Go server reads schemas that only say how to patch.
  if (field?.patchStrategy?.includes('merge') !== true) return ATOMIC;
  return field.patchMergeKey === undefined ? SET : { kind: 'list', keys: [field.patchMergeKey] };
}
