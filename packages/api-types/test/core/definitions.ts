import {
  coreV1Resources,
  createSchemaRegistry,
  deepCopy,
  fieldErrorText,
  type KubeObject,
  type ResourceDefinition,
} from '../../src';

/** A definition as a server uses it, on plain JSON. */
export class Definition {
  readonly definition: ResourceDefinition;
  readonly #codec;

  constructor(plural: string, allowPrivileged = false) {
    const found = coreV1Resources({ allowPrivileged }).find(({ names }) => names.plural === plural);
    if (found === undefined) throw new Error(`no ${plural}`);
    this.definition = found;
    this.#codec = createSchemaRegistry().codec(found.schema);
  }

  /** As it is after decoding and defaulting. */
  read(data: unknown): KubeObject {
    const object = this.#codec.decode(deepCopy(data)) as unknown as KubeObject;
    this.definition.strategy.applyDefaults(object);
    return object;
  }

  /** As it is stored. */
  create(data: unknown): KubeObject {
    const object = this.read(data);
    this.definition.strategy.prepareForCreate(object);
    return object;
  }

  createErrors(data: unknown): string[] {
    return this.definition.strategy.validateCreate(this.create(data)).map(fieldErrorText);
  }

  /** What an update of a stored object becomes, and what is wrong with it. */
  update(
    stored: KubeObject,
    change: (object: Change) => unknown,
  ): { readonly object: KubeObject; readonly errors: string[] } {
    const old = { ...deepCopy(stored), metadata: { ...deepCopy(stored.metadata), resourceVersion: '1' } };
    const object = deepCopy(old);
    deepFreeze(old);
    change(object);
    const read = this.read(object);
    this.definition.strategy.prepareForUpdate(read, old);
    return { object: read, errors: this.definition.strategy.validateUpdate(read, old).map(fieldErrorText) };
  }

  /** What is wrong with another status of a stored object. */
  updateStatus(stored: KubeObject, status: unknown): string[] {
    const update = this.definition.subresources.find(({ name }) => name === 'status')?.update;
    const old = { ...stored, metadata: { ...stored.metadata, resourceVersion: '1' } };
    const object = this.read({ ...old, status });
    update?.prepare(object, old);
    return (update?.validate(object, old) ?? []).map(fieldErrorText);
  }

  cells(data: unknown, nowMs = 0): unknown[] {
    return this.definition.table.cells(this.read(data), nowMs);
  }

  encode(object: KubeObject): string {
    return this.#codec.encode(object).toString('utf8');
  }
}

/** What is stored is shared; whoever changes it throws. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.values(value).forEach(deepFreeze);
  Object.freeze(value);
}

/** A test may set any member. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change objects in ways their types forbid
export type Change = any;
