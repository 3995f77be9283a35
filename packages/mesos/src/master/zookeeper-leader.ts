/**
 * Masters register below a ZooKeeper path as ephemeral sequential nodes `json.info_NNNNNNNNNN` whose data is MasterInfo
 * as JSON; the smallest sequence number leads. Other children (`log_replicas`, `info_...` of masters before 0.23) are
 * nobody we can talk to.
 */

const NODE_PREFIX = 'json.info_';

/** The child node of the leading master. */
export function leadingNode(children: readonly string[]): string | undefined {
  let leader: { readonly name: string; readonly sequence: number } | undefined;
  for (const name of children) {
    const digits = name.startsWith(NODE_PREFIX) ? name.slice(NODE_PREFIX.length) : '';
    if (!/^-?\d+$/.test(digits)) continue;
    const sequence = Number(digits);
    if (leader === undefined || sequence < leader.sequence) leader = { name, sequence };
  }
  return leader?.name;
}

/** `host:port` of a MasterInfo in JSON: `address.ip`, else the numeric `ip` (network order, read little-endian), else `hostname`. */
export function parseMasterInfo(data: Buffer): string | undefined {
  let info: unknown;
  try {
    info = JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(info)) return undefined;
  const address = isRecord(info['address']) ? info['address'] : {};
  const port = numberOf(address['port']) ?? numberOf(info['port']) ?? 5050;
  const ip = textOf(address['ip']) ?? dottedIp(numberOf(info['ip']));
  const host = ip ?? textOf(address['hostname']) ?? textOf(info['hostname']);
  if (host === undefined) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function dottedIp(ip: number | undefined): string | undefined {
  if (ip === undefined || ip === 0) return undefined;
  return [ip & 255, (ip >>> 8) & 255, (ip >>> 16) & 255, (ip >>> 24) & 255].join('.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
