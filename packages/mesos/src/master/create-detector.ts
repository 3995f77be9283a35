import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import type { MasterDetector } from '../master-detector';
import { HostsDetector } from './hosts-detector';
import { parseMasterAddress } from './master-address';
import { ZooKeeperDetector } from './zookeeper-detector';

/** The text of `--mesos_master` is no address; `message` says why. */
export class MasterAddressError extends Error {
  override readonly name = 'MasterAddressError';
}

/** @throws MasterAddressError */
export function createMasterDetector(
  address: string,
  options: { readonly clock?: Clock; readonly logger?: Logger } = {},
): MasterDetector {
  const parsed = parseMasterAddress(address);
  switch (parsed.kind) {
    case 'error':
      throw new MasterAddressError(parsed.message);
    case 'hosts':
      return new HostsDetector({ hosts: parsed.hosts, ...options });
    case 'zookeeper': {
      const { servers, path, auth } = parsed;
      return new ZooKeeperDetector({ servers, path, ...(auth === undefined ? {} : { auth }), ...options });
    }
  }
}
