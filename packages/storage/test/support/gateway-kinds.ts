import { DirectGateway } from '../../src/etcd/direct-gateway';
import type { EtcdConnectionOptions } from '../../src/etcd/etcd-connection';
import { connectEtcd3 } from '../../src/etcd/etcd3-gateway';
import type { EtcdGateway } from '../../src/etcd/etcd-gateway';

/** Every implementation of the gateway. */
export const gatewayKinds: readonly (readonly [
  name: string,
  connect: (options: EtcdConnectionOptions) => Promise<EtcdGateway>,
])[] = [
  ['our own client', async (options) => new DirectGateway(options)],
  ['etcd3', connectEtcd3],
];
