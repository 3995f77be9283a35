import { AUTHENTICATION_V1_SCHEMAS } from './generated/authentication-v1.schemas';
import { AUTHORIZATION_V1_SCHEMAS } from './generated/authorization-v1.schemas';
import { AUTOSCALING_V1_SCHEMAS } from './generated/autoscaling-v1.schemas';
import { CORE_V1_SCHEMAS } from './generated/core-v1.schemas';
import { META_V1_SCHEMAS } from './generated/meta-v1.schemas';
import { POLICY_V1_SCHEMAS } from './generated/policy-v1.schemas';
import { SchemaRegistry } from './machinery/schema-registry';

const POLICY_V1 = 'io.k8s.api.policy.v1.';
const POLICY_V1BETA1 = 'io.k8s.api.policy.v1beta1.';

/**
 * A new registry with the types of every built-in kind, to which a server adds those of custom resources. Names are
 * OpenAPI's: `io.k8s.api.core.v1.Pod`, `io.k8s.apimachinery.pkg.apis.meta.v1.Status`.
 */
export function createSchemaRegistry(): SchemaRegistry {
  return new SchemaRegistry([
    ...META_V1_SCHEMAS,
    ...CORE_V1_SCHEMAS,
    ...AUTOSCALING_V1_SCHEMAS,
    ...POLICY_V1_SCHEMAS,
    // An Eviction is the same in both versions.
    ...POLICY_V1_SCHEMAS.map((type) => ({ ...type, name: type.name.replace(POLICY_V1, POLICY_V1BETA1) })),
    ...AUTHENTICATION_V1_SCHEMAS,
    ...AUTHORIZATION_V1_SCHEMAS,
  ]);
}
