import type { FieldSchema, Schema, SchemaRegistry, TypeSchema } from '@kubernetes-mesos/api-types';
import { PROTO_FIELDS } from './proto-fields';

/** How one value is on the wire. */
export type ValuePlan =
  | { readonly kind: 'string' | 'bytes' | 'int' | 'double' | 'bool' }
  /** Messages that JSON writes as plain values. */
  | { readonly kind: 'time' | 'micro-time' | 'quantity' | 'int-or-string' | 'duration' | 'raw-json' }
  | { readonly kind: 'message'; readonly type: string }
  | { readonly kind: 'list'; readonly items: ValuePlan }
  | { readonly kind: 'map'; readonly values: ValuePlan };

export interface FieldPlan {
  readonly number: number;
  readonly name: string;
  readonly value: ValuePlan;
  /** An empty value says nothing: Go writes it for every field that is no pointer. */
  readonly dropsEmpty: boolean;
}

/** A part of a message whose members JSON has in its parent. */
export interface InlinePlan {
  readonly number: number;
  readonly plan: MessagePlan;
}

export interface MessagePlan {
  /** In the order in which they are written. */
  readonly fields: readonly FieldPlan[];
  readonly inline: readonly InlinePlan[];
  readonly fieldByNumber: ReadonlyMap<number, FieldPlan>;
  readonly inlineByNumber: ReadonlyMap<number, InlinePlan>;
}

/** Types that Go holds by value: an empty one is one that was not given. */
const HELD_BY_VALUE =
  /(Spec|Status|Meta|ResourceRequirements|ObjectReference|EventSource|ContainerState|NodeSystemInfo|NodeDaemonEndpoints|DaemonEndpoint)$/;

/** Wire plans of the API's types, made from their schemas and the table of field numbers when first asked for. */
export class ProtoPlans {
  readonly #schemas: SchemaRegistry;
  readonly #plans = new Map<string, MessagePlan>();

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas;
  }

  /** `undefined` for a type that is not carried in protobuf. */
  find(type: string): MessagePlan | undefined {
    let plan = this.#plans.get(type);
    if (plan !== undefined) return plan;
    const schema = this.#schemas.find(type);
    const numbers = numbersOf(protoName(type));
    if (schema === undefined || numbers === undefined) return undefined;
    plan = compile(numbers, schema, type);
    this.#plans.set(type, plan);
    return plan;
  }
}

/** `io.k8s.api.core.v1.Pod` -> `core.v1.Pod` */
function protoName(type: string): string {
  const name = type.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '');
  return name.replace(/^policy\.v1beta1\./, 'policy.v1.');
}

function numbersOf(name: string): string | undefined {
  return Object.hasOwn(PROTO_FIELDS, name) ? PROTO_FIELDS[name] : undefined;
}

function compile(numbers: string, schema: TypeSchema, type: string): MessagePlan {
  const declared = new Map(schema.fields.map((field) => [field.name, field]));
  const fields: FieldPlan[] = [];
  const inline: InlinePlan[] = [];
  for (const entry of numbers.split(' ')) {
    const match = /^(\w+)=(\d+)(?::(.+))?$/.exec(entry);
    if (match === null) throw new Error(`bad entry for ${type}: ${entry}`);
    const [, name = '', digits = '', inlined] = match;
    const number = Number(digits);
    const field = declared.get(name);
    if (inlined !== undefined) {
      const below = numbersOf(inlined);
      if (below === undefined) throw new Error(`no field numbers for ${inlined}`);
      inline.push({ number, plan: compile(below, schema, type) });
    } else if (field !== undefined) {
      fields.push({ number, name, value: valuePlan(field.schema), dropsEmpty: dropsEmpty(field) });
    }
  }
  return {
    fields,
    inline,
    fieldByNumber: new Map(fields.map((field) => [field.number, field])),
    inlineByNumber: new Map(inline.map((part) => [part.number, part])),
  };
}

function dropsEmpty(field: FieldSchema): boolean {
  if (field.schema.type === 'ref') return HELD_BY_VALUE.test(field.schema.name);
  return field.presence !== 'pointer';
}

function valuePlan(schema: Schema): ValuePlan {
  switch (schema.type) {
    case 'string':
      switch (schema.format) {
        case 'date-time':
          return { kind: 'time' };
        case 'byte':
          return { kind: 'bytes' };
        case undefined:
          return { kind: 'string' };
        default:
          return { kind: schema.format };
      }
    case 'integer':
      return { kind: 'int' };
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'bool' };
    case 'any':
      return { kind: 'raw-json' };
    case 'array':
      return { kind: 'list', items: valuePlan(schema.items) };
    case 'map':
      return { kind: 'map', values: valuePlan(schema.values) };
    case 'ref':
      return schema.name.endsWith('.FieldsV1') ? { kind: 'raw-json' } : { kind: 'message', type: schema.name };
  }
}
