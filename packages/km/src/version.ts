/** The versions that `km --version` tells. */

/** Release of this project; kept equal to package.json by a test. */
export const KM_VERSION = '0.1.0';

/** The Kubernetes release whose API is served. */
export const KUBERNETES_VERSION = 'v1.35.0';
