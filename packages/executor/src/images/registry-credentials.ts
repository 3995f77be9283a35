import type { RegistryCredentials } from '../runtime/runtime';

/**
 * Registry log-ins from the text of a `.dockercfg` (registry -> entry) or `config.json` (`auths`). What cannot be read
 * gives none: a wrong file must not keep public images from being pulled.
 */
export function registryCredentials(text: string): RegistryCredentials[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof parsed !== 'object' || parsed === null) return [];
  const table: unknown = 'auths' in parsed ? parsed.auths : parsed;
  if (typeof table !== 'object' || table === null) return [];
  const found: RegistryCredentials[] = [];
  for (const [registry, entry] of Object.entries(table)) {
    const login = loginOf(entry);
    if (login !== undefined) found.push({ registry: hostOf(registry), ...login });
  }
  return found;
}

/** Registry host of an image name; Docker Hub when it names none. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  const named = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  return named ? first : 'docker.io';
}

function loginOf(entry: unknown): { username: string; password: string } | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  if ('auth' in entry && typeof entry.auth === 'string') {
    const [username = '', ...rest] = Buffer.from(entry.auth, 'base64').toString('utf8').split(':');
    return { username, password: rest.join(':') };
  }
  if ('username' in entry && 'password' in entry) {
    const { username, password } = entry;
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
  }
  return undefined;
}

function hostOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' ? 'docker.io' : host;
}
