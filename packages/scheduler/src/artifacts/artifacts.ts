import { basename } from 'node:path';
import type { CommandInfoURI } from '@kubernetes-mesos/mesos';

/** Something that executors need: fetched by agents, from us when there is a local file. */
export interface Artifact {
  readonly uri: CommandInfoURI;
  /** Path below which we serve `file`; absent for what others serve. */
  readonly served?: { readonly path: string; readonly file: string; readonly program: boolean };
}

export interface ArtifactFlags {
  readonly km_path: string;
  readonly auth_path: string;
  readonly dockercfg_path: string;
}

/**
 * `km` itself (a local file is served as `/km`; a URI is passed on, to a plain binary or an archive that holds `km`;
 * `file://` is on the agents already), the API credentials, the registry credentials.
 *
 * @param ownKm the running km
 * @param advertised `host:port` of our HTTP server
 */
export function artifactsOf(flags: ArtifactFlags, ownKm: string, advertised: string): readonly Artifact[] {
  const artifacts: Artifact[] = [];
  const local = (path: string, file: string, uri: Omit<CommandInfoURI, 'value'>, program: boolean): void => {
    artifacts.push({ uri: { value: `http://${advertised}${path}`, ...uri }, served: { path, file, program } });
  };
  if (!flags.km_path.includes('://')) {
    const file = flags.km_path === '' ? ownKm : flags.km_path;
    local('/km', file, { executable: true, extract: false, output_file: 'km' }, true);
  } else if (!flags.km_path.startsWith('file://')) {
    const archive = /\.(tar|tgz|tar\.gz|tbz2|tar\.bz2|txz|tar\.xz|zip|gz)$/.test(new URL(flags.km_path).pathname);
    artifacts.push({ uri: { value: flags.km_path, ...(archive ? {} : { executable: true, output_file: 'km' }) } });
  }
  if (flags.auth_path !== '') local(`/${basename(flags.auth_path)}`, flags.auth_path, { extract: false }, false);
  if (flags.dockercfg_path !== '') local('/.dockercfg', flags.dockercfg_path, { extract: false }, false);
  return artifacts;
}
