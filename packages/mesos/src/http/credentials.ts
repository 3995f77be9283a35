/** How a client proves who it is to Mesos. */
export type Credentials = { readonly principal: string; readonly secret: string } | { readonly token: string };

/** The `Authorization` header. */
export function authorizationOf(credentials: Credentials): string {
  if ('token' in credentials) return `Bearer ${credentials.token}`;
  const text = `${credentials.principal}:${credentials.secret}`;
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;
}
