/**
 * OpenAPI documents of the served API, made from the schemas of the kinds and the list of served resources: what kubectl
 * reads to validate manifests, for `explain`, to find out whether a server knows dry runs, and for apply's merge strategies.
 *
 * Swagger 2.0 at `/openapi/v2` (JSON and protobuf), and a document per group version below `/openapi/v3`.
 */

/** The resources of one group version, as its document describes them. */
export interface DescribedVersion {
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
}
