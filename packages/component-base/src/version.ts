/**
 * The release of Kubernetes whose API and behaviour this is, for `/version` and a node's `kubeletVersion`: close enough to
 * the newest kubectl that it warns of no version skew.
 */
export const KUBERNETES_VERSION = { major: '1', minor: '35', gitVersion: 'v1.35.0-k8sm' } as const;
