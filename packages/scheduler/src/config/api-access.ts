import { readFile } from 'node:fs/promises';
import { createKubeClient, loadKubeconfig, type KubeClient, type KubeClientOptions } from '@kubernetes-mesos/client';
import { errorMessage, FatalError, type Clock, type Logger } from '@kubernetes-mesos/component-base';

export interface ApiAccess {
  readonly servers: readonly string[];
  readonly authPath: string;
  readonly kubeconfig: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The client of the API that the flags describe. @throws FatalError */
export async function openApi(access: ApiAccess): Promise<KubeClient> {
  const { servers, authPath, kubeconfig, clock, logger } = access;
  const common = { userAgent: 'km-scheduler', clock, logger };
  try {
    if (kubeconfig !== '') {
      const found = await loadKubeconfig({ path: kubeconfig });
      return createKubeClient({ ...common, ...found, servers: servers.length > 0 ? servers : found.servers });
    }
    const auth = authPath === '' ? {} : await readAuthFile(authPath);
    return createKubeClient({ ...common, servers, ...auth });
  } catch (error) {
    throw error instanceof FatalError ? error : new FatalError(errorMessage(error), { cause: error });
  }
}

/** `{"User": "...", "Password": "..."}` or `{"BearerToken": "..."}`, with CAFile, CertFile, KeyFile and Insecure beside. */
async function readAuthFile(path: string): Promise<Pick<KubeClientOptions, 'token' | 'basic' | 'tls'>> {
  let file: unknown;
  try {
    file = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new FatalError(`--auth_path: ${path} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
  const members: Record<string, unknown> = typeof file === 'object' && file !== null ? { ...file } : {};
  const text = (name: string): string => {
    const value = members[name];
    return typeof value === 'string' ? value : '';
  };
  const pem = async (name: string): Promise<string | undefined> =>
    text(name) === '' ? undefined : readFile(text(name), 'utf8');
  const [ca, cert, key] = await Promise.all([pem('CAFile'), pem('CertFile'), pem('KeyFile')]);
  return {
    ...(text('BearerToken') === '' ? {} : { token: text('BearerToken') }),
    ...(text('User') === '' ? {} : { basic: { username: text('User'), password: text('Password') } }),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(members['Insecure'] === true ? { insecureSkipVerify: true } : {}),
    },
  };
}
