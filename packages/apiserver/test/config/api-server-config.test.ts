import { FatalError, parseFlags, UsageError } from '@kubernetes-mesos/component-base';
import { resolveConfig } from '../../src/config/api-server-config';
import { apiserverFlags } from '../../src/flags';

const NET = '--portal_net=10.10.10.0/24';
const ETCD = '--etcd_servers=http://127.0.0.1:4001/';

const resolve = (...argv: string[]) =>
  resolveConfig(parseFlags(apiserverFlags, argv, { usage: 'km apiserver', description: '' }, {}).values);

describe('the flags of the API server', () => {
  test('what the README gives is enough', async () => {
    const config = await resolve('--address=127.0.0.1', '--mesos_master=m:5050', ETCD, NET, '--port=8888');
    expect(config).toMatchObject({ etcdServers: ['http://127.0.0.1:4001'], mesosMaster: 'm:5050' });
  });

  test.each([
    [[ETCD], FatalError, '--portal_net is required'],
    [[NET], FatalError, '--etcd_servers is required'],
    [[NET, ETCD, '--etcd_config=/f'], FatalError, 'give --etcd_servers or --etcd_config, not both'],
    [[NET, '--etcd_servers=h:4001'], UsageError, 'h:4001 is no URL'],
    [['--portal_net=nonsense', ETCD], UsageError, '"nonsense" is no IPv4 range'],
    [[NET, ETCD, '--port=0', '--secure_port=0'], UsageError, 'nothing to listen on'],
    [[NET, ETCD, '--tls_cert_file=/c'], UsageError, '--tls_cert_file and --tls_private_key_file'],
    [[NET, ETCD, '--authorization_mode=ABAC'], UsageError, 'needs --authorization_policy_file'],
  ])('%j is refused', async (argv, kind, message) => {
    await expect(resolve(...argv)).rejects.toThrow(kind);
    await expect(resolve(...argv)).rejects.toThrow(message);
  });

  test.each([
    [['--advertise_address=10.0.0.9'], '10.0.0.9'],
    [['--advertise_address=127.0.0.1', '--public_address_override=10.0.0.9'], '127.0.0.1'],
    [['--advertise_address=0.0.0.0', '--public_address_override=10.0.0.9'], '10.0.0.9'],
    [['--public_address_override=127.0.0.1', '--address=10.0.0.8'], '10.0.0.8'],
  ])('%j: others reach the server at %s', async (argv, address) => {
    expect((await resolve(NET, ETCD, ...argv)).advertiseAddress).toBe(address);
  });
});
