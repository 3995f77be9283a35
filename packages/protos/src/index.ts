/**
 * Generated protocol buffer code, one namespace object per set of `proto/`. Regenerate with
 * `node scripts/generate-protos.mjs`; never edit `generated/`. Fields keep their proto names. 64-bit integers are declared as numbers; what `decode` returns
 * holds `Long` objects for them until `toObject(message, { longs: Number })` (or String) has made them plain.
 */
export { mesos } from './generated/mesos';
export { etcdserverpb, mvccpb } from './generated/etcd';
export type { openapi } from './generated/openapi';

import type { openapi } from './generated/openapi';
import mesosRequired from './generated/mesos.required.json';

/** What a proto2 message must hold, and which of its fields are messages (one, repeated or in a map), by full name. */
export interface RequiredFields {
  readonly required?: readonly string[];
  readonly messages?: Readonly<Record<string, string>>;
  readonly maps?: Readonly<Record<string, string>>;
}

export const mesosRequiredFields: Readonly<Record<string, RequiredFields>> = mesosRequired;

/** Code of the OpenAPI documents, loaded when first asked for: few processes ever write one. */
export async function loadOpenApi(): Promise<typeof openapi> {
  return (await import('./generated/openapi.js')).default.openapi;
}
