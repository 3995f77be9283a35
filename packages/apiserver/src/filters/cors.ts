import { UsageError } from '@kubernetes-mesos/component-base';
import type { Filter } from './filter';

const METHODS = 'POST, GET, OPTIONS, PUT, DELETE, PATCH';
const HEADERS =
  'Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since';

/**
 * Cross-origin headers for origins that match one of the regular expressions of `--cors_allowed_origins`; preflight
 * requests of those are answered 204.
 * @throws UsageError for what is no regular expression
 */
export function corsFilter(allowedOrigins: readonly string[]): Filter {
  const patterns = allowedOrigins.filter((text) => text !== '').map(compile);
  return (exchange) => {
    const { origin } = exchange.request.headers;
    if (origin === undefined || !patterns.some((pattern) => pattern.test(origin))) return 'pass';
    const { response } = exchange;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Methods', METHODS);
    response.setHeader('Access-Control-Allow-Headers', HEADERS);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Origin');
    if (exchange.method !== 'OPTIONS') return 'pass';
    response.writeHead(204).end();
    return 'answered';
  };
}

function compile(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(`--cors_allowed_origins: ${text} is not a regular expression`);
  }
}
