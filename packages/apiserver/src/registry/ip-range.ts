import { UsageError } from '@kubernetes-mesos/component-base';

/** IPv4 addresses of a CIDR, by their place in it. */
export interface IpRange {
  readonly cidr: string;
  /** The first address, as a number. */
  readonly base: number;
  /** Addresses with network and broadcast. */
  readonly size: number;
}

const MIN_SIZE = 8;

/**
 * @param flag named in the error
 * @throws UsageError for what is no IPv4 CIDR of at least eight addresses
 */
export function parseIpRange(cidr: string, flag: string): IpRange {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(cidr) ?? [];
  const base = ipToNumber(address);
  const prefix = Number(bits);
  if (base === undefined || bits === '' || prefix > 32 || prefix < 8) {
    throw new UsageError(`--${flag}: ${JSON.stringify(cidr)} is no IPv4 range like 10.10.10.0/24`);
  }
  const size = 2 ** (32 - prefix);
  if (size < MIN_SIZE) throw new UsageError(`--${flag}: ${cidr} has fewer than ${MIN_SIZE} addresses`);
  const network = base - (base % size);
  return { cidr: `${numberToIp(network)}/${prefix}`, base: network, size };
}

export function ipToNumber(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function numberToIp(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The `index`th address. */
export function addressAt(range: IpRange, index: number): string {
  return numberToIp(range.base + index);
}

/** Whether an address is one that services may have: neither the network's nor the broadcast's. */
export function isUsable(range: IpRange, address: string): boolean {
  const value = ipToNumber(address);
  return value !== undefined && value > range.base && value < range.base + range.size - 1;
}
