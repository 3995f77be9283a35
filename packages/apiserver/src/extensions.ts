import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { ProtobufCodec } from './codec/protobuf';
import { protobufFormats } from './codec/protobuf-formats';
import { openApiDocuments } from './openapi';
import { createServerSideApply } from './patch/apply/server-side-apply';
import { createUpdateTracker } from './patch/apply/update-tracker';
import { createStrategicMerge } from './patch/strategic-merge-patch';
import type { ApiServerExtensions } from './server';

/** Parts of the API that are pure functions of their own: kinds of patch, other encodings, documents. */
export function builtInExtensions(): ApiServerExtensions {
  const schemas = createSchemaRegistry();
  const protobuf = new ProtobufCodec(schemas);
  return {
    patches: { strategicMerge: createStrategicMerge(schemas), apply: createServerSideApply(schemas) },
    fields: createUpdateTracker(schemas),
    cold: [openApiDocuments(schemas)],
    protobuf: { formats: protobufFormats(protobuf), decoder: protobuf },
  };
}
