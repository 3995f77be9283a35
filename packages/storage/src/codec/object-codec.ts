import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { ObjectKey, StoredObject } from '../resource-store';
import { NO_SLOT, withoutWriteId } from './write-id';
import { findSplicePoint, resplice, spliceResourceVersion, type SplicePoint } from './resource-version-splice';

/** Turns an object into canonical JSON; field order is the encoder's business. */
export interface ObjectEncoder {
  /** `object` has no `metadata.resourceVersion`. The result is a JSON object without trailing newline. */
  encode(object: KubeObject): Buffer | string;
}

/** A stored object that knows where its resourceVersion is, so that it can be shown under another one. */
export class CachedObject implements StoredObject {
  readonly key: ObjectKey;
  readonly revision: number;
  readonly object: KubeObject;
  readonly bytes: Buffer;
  /** Filled in by the cache, which knows whether there was an object before. */
  createdRevision?: number;
  readonly #point: SplicePoint;

  constructor(key: ObjectKey, revision: number, object: KubeObject, bytes: Buffer, point: SplicePoint) {
    this.key = key;
    this.revision = revision;
    this.object = object;
    this.bytes = bytes;
    this.#point = point;
  }

  /** The same state carrying another revision: what a deletion shows. */
  atRevision(revision: number): CachedObject {
    return new CachedObject(
      this.key,
      revision,
      withResourceVersion(this.object, revision),
      resplice(this.bytes, this.#point, this.revision, revision),
      this.#point,
    );
  }
}

/** An object encoded for etcd. */
export interface EncodedObject {
  readonly object: KubeObject;
  /** What etcd holds: the JSON without resourceVersion, then the write's id and its slot. */
  readonly value: Buffer;
  /** Length of the JSON in `value`. */
  readonly jsonLength: number;
  readonly point: SplicePoint;
}

/** `writeId`: see `WriteIds`. */
export function encodeObject(encoder: ObjectEncoder, object: KubeObject, writeId: string): EncodedObject {
  const plain = withoutResourceVersion(object);
  const json = encoder.encode(plain);
  const suffix = writeId + NO_SLOT;
  const value = typeof json === 'string' ? Buffer.from(json + suffix) : Buffer.concat([json, Buffer.from(suffix)]);
  return { object: plain, value, jsonLength: value.length - suffix.length, point: findSplicePoint(value) };
}

/** An object that was just written here, without decoding what etcd says of it. */
export function fromEncoded(key: ObjectKey, encoded: EncodedObject, revision: number): CachedObject {
  const { object, value, jsonLength, point } = encoded;
  return new CachedObject(
    key,
    revision,
    withResourceVersion(object, revision),
    spliceResourceVersion(value.subarray(0, jsonLength), point, revision),
    point,
  );
}

/**
 * An object read from etcd.
 * @throws SyntaxError when the value is not one of ours.
 */
export function decodeObject(key: ObjectKey, value: Buffer, revision: number): CachedObject {
  const point = findSplicePoint(value);
  const bytes = spliceResourceVersion(withoutWriteId(value), point, revision);
  return new CachedObject(key, revision, parseObject(bytes), bytes, point);
}

function parseObject(bytes: Buffer): KubeObject {
  const parsed: unknown = JSON.parse(bytes.toString('utf8'));
  if (!isKubeObject(parsed)) throw new SyntaxError('the value is not an object with metadata');
  return parsed;
}

/** What reaches etcd under our prefix was validated before; here only the shape that this package relies on is checked. */
function isKubeObject(value: unknown): value is KubeObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    'metadata' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null
  );
}

function withoutResourceVersion(object: KubeObject): KubeObject {
  if (object.metadata.resourceVersion === undefined) return object;
  const { resourceVersion, ...metadata } = object.metadata;
  void resourceVersion;
  return { ...object, metadata };
}

function withResourceVersion(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
