/**
 * OpenAPI documents of the served API, made from the schemas of the kinds and the list of served resources: what kubectl
 * reads to validate manifests, for `explain`, to find out whether a server knows dry runs, and for apply's merge strategies.
 *
 * Swagger 2.0 at `/openapi/v2`, a document per group version below `/openapi/v3`; both as JSON and in gnostic's protobuf.
 */
export { openApiDocuments } from './routes';
