import type { User } from '../endpoints/verb-context';
import { credentialsOf, type Authenticator } from './authenticator';
import { readUserFile } from './csv';
import { tokenDigest } from './token-digest';

/**
 * Bearer tokens of a CSV file: `token,user,uid[,"group1,group2"]`.
 * @throws FatalError
 */
export async function tokenFileAuthenticator(path: string): Promise<Authenticator> {
  const users = new Map<string, User>();
  for (const [token = '', name = '', uid = '', groups = ''] of await readUserFile(path, 'token_auth_file')) {
    users.set(tokenDigest(token), {
      name,
      uid,
      groups: groups === '' ? [] : groups.split(',').map((group) => group.trim()),
    });
  }
  return {
    name: 'token-file',
    authenticate: async (request) => {
      const token = credentialsOf(request, 'bearer');
      if (token === undefined) return undefined;
      const user = users.get(tokenDigest(token));
      return user === undefined ? 'refused' : { user };
    },
  };
}
