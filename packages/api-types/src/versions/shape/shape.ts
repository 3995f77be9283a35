/**
 * Shapes describe the wire form of an older version's types, field by field in the order in which they are written.
 * Decoding and encoding (`decode.ts`, `encode.ts`) read them; the TypeScript types of both sides are inferred from them.
 *
 * A field marked `opt` is left out of the output when empty, zero or false; any other field is always written: null for
 * an unset list, map, pointer or time, `""`, `0` or `false` for scalars, and a nested object even when it is `{}`.
 */
export type Shape =
  | StringShape
  | IntShape
  | BoolShape
  | TimeShape
  | IntOrStringShape
  | QuantityShape
  | Base64Shape
  | ListShape
  | MapShape
  | PointerShape
  | StructShape
  | AnyShape;

export interface StringShape {
  readonly type: 'string';
}
export interface IntShape {
  readonly type: 'int';
}
export interface BoolShape {
  readonly type: 'bool';
}
/** RFC 3339 in UTC with whole seconds; `''` inside is an unset time, written as null. */
export interface TimeShape {
  readonly type: 'time';
}
export interface IntOrStringShape {
  readonly type: 'intOrString';
}
/** Text such as `1500m` or `64Mi`, kept in canonical form; a number is taken as its text. */
export interface QuantityShape {
  readonly type: 'quantity';
}
/** Bytes in base64, kept as canonical base64 text. */
export interface Base64Shape {
  readonly type: 'base64';
}
export interface ListShape<S extends Shape = AnyOf> {
  readonly type: 'list';
  readonly items: S;
}
export interface MapShape<S extends Shape = AnyOf> {
  readonly type: 'map';
  readonly values: S;
}
/** An object that may be absent (null), as against one that is always there. */
export interface PointerShape<S extends Shape = AnyOf> {
  readonly type: 'pointer';
  readonly to: S;
}
/** Free-form JSON, passed through. */
export interface AnyShape {
  readonly type: 'any';
}
export interface StructShape<F extends Fields = Fields> {
  readonly type: 'struct';
  /** As the version names the type; shows in error texts only. */
  readonly name: string;
  readonly fields: F;
  readonly entries: readonly FieldEntry[];
  /** By exact name, then by lower-cased name: keys of the input match without regard to case. */
  readonly byName: ReadonlyMap<string, FieldEntry>;
  readonly byLowerName: ReadonlyMap<string, FieldEntry>;
}

/** Breaks the recursion of the type parameters' defaults. */
type AnyOf = Shape;

export interface OptionalField<S extends Shape = Shape> {
  readonly optional: true;
  readonly shape: S;
}
export type Fields = Readonly<Record<string, Shape | OptionalField>>;

export interface FieldEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly omitEmpty: boolean;
}

type ShapeOf<F> = F extends OptionalField<infer S> ? S : F;

/** What decoding gives: every field is there, unset ones with their zero value. */
export type Decoded<S> = Shape extends S
  ? unknown
  : S extends StructShape<infer F>
    ? { [K in keyof F]: Decoded<ShapeOf<F[K]>> }
    : S extends ListShape<infer I>
      ? Decoded<I>[] | null
      : S extends MapShape<infer V>
        ? Record<string, Decoded<V>> | null
        : S extends PointerShape<infer T>
          ? Decoded<T> | null
          : Scalar<S>;

/** What encoding takes: fields that are missing or undefined are unset. */
export type Draft<S> = Shape extends S
  ? unknown
  : S extends StructShape<infer F>
    ? { readonly [K in keyof F]?: Draft<ShapeOf<F[K]>> | undefined }
    : S extends ListShape<infer I>
      ? readonly Draft<I>[] | null
      : S extends MapShape<infer V>
        ? Readonly<Record<string, Draft<V>>> | null
        : S extends PointerShape<infer T>
          ? Draft<T> | null
          : Scalar<S>;

type Scalar<S> = S extends StringShape | TimeShape | QuantityShape | Base64Shape
  ? string
  : S extends IntShape
    ? number
    : S extends BoolShape
      ? boolean
      : S extends IntOrStringShape
        ? number | string
        : S extends AnyShape
          ? unknown
          : never;

export const str: StringShape = { type: 'string' };
export const int: IntShape = { type: 'int' };
export const bool: BoolShape = { type: 'bool' };
export const time: TimeShape = { type: 'time' };
export const intOrString: IntOrStringShape = { type: 'intOrString' };
export const quantity: QuantityShape = { type: 'quantity' };
export const base64: Base64Shape = { type: 'base64' };
export const any: AnyShape = { type: 'any' };

export function list<S extends Shape>(items: S): ListShape<S> {
  return { type: 'list', items };
}

export function map<S extends Shape>(values: S): MapShape<S> {
  return { type: 'map', values };
}

export function pointer<S extends Shape>(to: S): PointerShape<S> {
  return { type: 'pointer', to };
}

/** Marks a field as left out of the output when empty. */
export function opt<S extends Shape>(shape: S): OptionalField<S> {
  return { optional: true, shape };
}

export function struct<F extends Fields>(name: string, fields: F): StructShape<F> {
  const entries = Object.entries(fields).map(([field, value]): FieldEntry =>
    'optional' in value
      ? { name: field, shape: value.shape, omitEmpty: true }
      : { name: field, shape: value, omitEmpty: false },
  );
  return {
    type: 'struct',
    name,
    fields,
    entries,
    byName: new Map(entries.map((entry) => [entry.name, entry])),
    byLowerName: new Map(entries.map((entry) => [entry.name.toLowerCase(), entry])),
  };
}
