import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '../endpoints/verb-context';
import { credentialsOf, type Authenticator } from './authenticator';
import { readUserFile } from './csv';

/**
 * Names and passwords of a CSV file: `password,user,uid[,"group1,group2"]`.
 * @throws FatalError
 */
export async function basicAuthFileAuthenticator(path: string): Promise<Authenticator> {
  const users = new Map<string, { readonly user: User; readonly digest: Buffer }>();
  for (const [password = '', name = '', uid = '', groups = ''] of await readUserFile(path, 'basic_auth_file')) {
    const user = { name, uid, groups: groups === '' ? [] : groups.split(',').map((group) => group.trim()) };
    users.set(name, { user, digest: digestOf(password) });
  }
  return {
    name: 'basic-auth-file',
    authenticate: async (request) => {
      const credentials = credentialsOf(request, 'basic');
      if (credentials === undefined) return undefined;
      const text = Buffer.from(credentials, 'base64').toString('utf8');
      const colon = text.indexOf(':');
      const known = users.get(colon < 0 ? text : text.slice(0, colon));
      const given = digestOf(colon < 0 ? '' : text.slice(colon + 1));
      // Compared also for unknown names, so that the time does not tell which exist.
      const isEqual = timingSafeEqual(given, known?.digest ?? NOBODY);
      return known !== undefined && isEqual ? { user: known.user } : 'refused';
    },
  };
}

function digestOf(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}

const NOBODY = Buffer.alloc(32);
