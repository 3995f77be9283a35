import { networkInterfaces } from 'node:os';

/** The IP by which the rest of the cluster reaches this node: a given one, else the agent's, else the machine's first. */
export function nodeAddress(given: string, agentEndpoint: string): string {
  if (given !== '' && !isAny(given)) return given;
  const host = agentEndpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (host !== '' && /^[\d.]+$|:/.test(host) && !isAny(host)) return host;
  for (const addresses of Object.values(networkInterfaces())) {
    const external = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (external !== undefined) return external.address;
  }
  return '127.0.0.1';
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
