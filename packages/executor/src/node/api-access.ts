import { readFile } from 'node:fs/promises';
import { createKubeClient, loadKubeconfig, type KubeClient } from '@kubernetes-mesos/client';
import { errorMessage, FatalError, type Clock, type Logger } from '@kubernetes-mesos/component-base';

export interface ApiAccessOptions {
  readonly servers: readonly string[];
  readonly authPath: string;
  readonly kubeconfig: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The client of the API that the flags describe. @throws FatalError */
export async function openApi(options: ApiAccessOptions): Promise<KubeClient> {
  const { servers, authPath, kubeconfig, clock, logger } = options;
  const common = { userAgent: 'km-executor', clock, logger };
  if (kubeconfig !== '') {
    const found = await loadKubeconfig({ path: kubeconfig });
    return createKubeClient({ ...common, ...found, servers: servers.length > 0 ? servers : found.servers });
  }
  if (servers.length === 0) throw new FatalError('--api_servers is required: no API server to report to');
  return createKubeClient({ ...common, servers, ...(authPath === '' ? {} : await readAuthFile(authPath)) });
}

/** The `.kubernetes_auth` file: names in capitals, certificates as paths. */
async function readAuthFile(path: string): Promise<Partial<Parameters<typeof createKubeClient>[0]>> {
  let file: unknown;
  try {
    file = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new FatalError(`--auth_path: ${path} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
  const member = (name: string): string => {
    if (typeof file !== 'object' || file === null) return '';
    const value: unknown = Reflect.get(file, name);
    return typeof value === 'string' ? value : '';
  };
  const pem = async (name: string): Promise<string | undefined> =>
    member(name) === '' ? undefined : readFile(member(name), 'utf8');
  const [ca, cert, key] = await Promise.all([pem('CAFile'), pem('CertFile'), pem('KeyFile')]);
  const insecureSkipVerify = typeof file === 'object' && file !== null && Reflect.get(file, 'Insecure') === true;
  return {
    ...(member('BearerToken') === '' ? {} : { token: member('BearerToken') }),
    ...(member('User') === '' ? {} : { basic: { username: member('User'), password: member('Password') } }),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(insecureSkipVerify ? { insecureSkipVerify } : {}),
    },
  };
}
