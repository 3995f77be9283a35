/** Release of this project, as `km --version` tells it; kept equal to package.json by a test. */
export const KM_VERSION = '0.1.0';
