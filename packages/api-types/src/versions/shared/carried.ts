/**
 * What an older version can say and `v1` cannot is carried in annotations of the internal object. The older versions
 * do not show them.
 */
const CARRIED_PREFIX = 'v1beta1.k8s.mesosphere.io/';

/** The service named no container port: its value is 0 on the wire, and means the service's own port. */
export const TARGET_PORT_UNSET = `${CARRIED_PREFIX}target-port-unset`;

/** The annotations without those that carry something; `undefined` when none is left. */
export function visibleAnnotations(
  annotations: Record<string, string> | undefined,
): Record<string, string> | undefined {
  if (annotations === undefined) return undefined;
  const keys = Object.keys(annotations);
  if (!keys.some((key) => key.startsWith(CARRIED_PREFIX))) return annotations;
  const visible = Object.entries(annotations).filter(([key]) => !key.startsWith(CARRIED_PREFIX));
  return visible.length === 0 ? undefined : Object.fromEntries(visible);
}
