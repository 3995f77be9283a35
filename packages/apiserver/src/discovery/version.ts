/** `/version`: what release of Kubernetes this server answers as. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/**
 * Close enough to the newest kubectl that it does not warn of a version skew; `goVersion` and `compiler` are members that
 * clients expect, and say what runs this.
 */
export const SERVER_VERSION: VersionInfo = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0-k8sm',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node ${process.version}`,
  compiler: 'v8',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};
