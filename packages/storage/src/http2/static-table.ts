/** Header fields that HPACK knows from the start (RFC 7541, appendix A); the first has index 1. */
export const STATIC_TABLE: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...nameOnly('accept-language', 'accept-ranges', 'accept', 'access-control-allow-origin', 'age', 'allow'),
  ...nameOnly('authorization', 'cache-control', 'content-disposition', 'content-encoding', 'content-language'),
  ...nameOnly('content-length', 'content-location', 'content-range', 'content-type', 'cookie', 'date', 'etag'),
  ...nameOnly('expect', 'expires', 'from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range'),
  ...nameOnly('if-unmodified-since', 'last-modified', 'link', 'location', 'max-forwards', 'proxy-authenticate'),
  ...nameOnly('proxy-authorization', 'range', 'referer', 'refresh', 'retry-after', 'server', 'set-cookie'),
  ...nameOnly('strict-transport-security', 'transfer-encoding', 'user-agent', 'vary', 'via', 'www-authenticate'),
];

function nameOnly(...names: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return names.map((name) => [name, ''] as const);
}
