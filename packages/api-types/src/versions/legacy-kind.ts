import type { KindConversion } from '../machinery/conversion';
import type { KubeObject } from '../machinery/object';
import { decode } from './shape/decode';
import { encode } from './shape/encode';
import type { Decoded, Draft, StructShape } from './shape/shape';

/** A kind as an older version serves it: its conversion, and what lists and unversioned bodies need beside it. */
export interface LegacyKind extends KindConversion {
  /** What a body may call the kind: its names in this version and inside, and any other. */
  readonly names: readonly string[];
  /** Its wire form, field by field. */
  readonly shape: StructShape;
  /** Decodes without applying the version's defaults: what a body that names no version gets. */
  toInternalAsWritten(legacy: Record<string, unknown>): KubeObject;
  /** As `fromInternal`, without kind and apiVersion: an item of a list. */
  itemFromInternal(object: KubeObject): Record<string, unknown>;
}

export interface KindDeclaration<I extends KubeObject, S extends StructShape> {
  readonly kind: string;
  readonly legacyKind?: string;
  /** Further names that a body may give. */
  readonly aliases?: readonly string[];
  readonly apiVersion: string;
  readonly shape: S;
  /** `defaults`: whether to fill in what the version fills in. */
  toInternal(legacy: Decoded<S>, defaults: boolean): I;
  fromInternal(object: I): Draft<S> & object;
}

/** Makes a kind of its wire form (`shape`, which has `kind` and `apiVersion`) and two functions over it. */
export function defineKind<I extends KubeObject, S extends StructShape>(
  declaration: KindDeclaration<I, S>,
): LegacyKind {
  const { kind, apiVersion, shape } = declaration;
  const legacyKind = declaration.legacyKind ?? kind;
  // An object inside has been decoded and validated as its kind, so it has the shape that its interface says.
  const draftOf = (object: KubeObject): Draft<S> & object => declaration.fromInternal(object as I);
  return {
    kind,
    legacyKind,
    shape,
    names: [legacyKind, kind, ...(declaration.aliases ?? [])],
    toInternal: (legacy) => declaration.toInternal(decode(shape, legacy), true),
    toInternalAsWritten: (legacy) => declaration.toInternal(decode(shape, legacy), false),
    fromInternal: (object) => encode(shape, { ...draftOf(object), kind: legacyKind, apiVersion }),
    itemFromInternal: (object) => encode(shape, draftOf(object)),
  };
}
