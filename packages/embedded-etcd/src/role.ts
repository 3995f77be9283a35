import { defineRole, FatalError, UsageError } from '@kubernetes-mesos/component-base';
import type { ListenAddress } from './server/listener';
import { startEmbeddedEtcd } from './start-embedded-etcd';

/** `km etcd`: the embedded etcd as a process. */
export const etcdRole = defineRole({
  name: 'etcd',
  summary: 'An etcd v3 server over a local directory, for clusters without an etcd of their own',
  description:
    'Serves the etcd v3 API (keys, transactions, watches, leases) from a directory on this machine, for one member and ' +
    'without authentication. Every write is on disk before it is acknowledged. It speaks plain HTTP: keep it on loopback ' +
    'or on a network that you trust.',
  flags: {
    listen_client_urls: {
      type: 'list',
      default: ['http://127.0.0.1:4001'],
      usage: 'Comma separated URLs to serve clients on, http only',
    },
    data_dir: {
      type: 'string',
      default: 'default.etcd',
      usage: 'Directory for the data; created if absent',
    },
  },
  async run(values, { logger, clock, signal }) {
    const listen = values.listen_client_urls.map(listenAddress);
    const etcd = await startEmbeddedEtcd({ dataDir: values.data_dir, listen, logger, clock });
    try {
      await Promise.race([etcd.failed, aborted(signal)]);
    } catch (error) {
      throw new FatalError(`cannot write to ${values.data_dir}`, { cause: error });
    } finally {
      await etcd.close();
    }
  },
});

/** @throws UsageError */
export function listenAddress(url: string): ListenAddress {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UsageError(`--listen_client_urls: ${url} is not a URL such as http://127.0.0.1:4001`);
  }
  if (parsed.protocol !== 'http:') {
    throw new UsageError(`--listen_client_urls: ${url}: only http is served`);
  }
  const host = parsed.hostname.startsWith('[') ? parsed.hostname.slice(1, -1) : parsed.hostname;
  return { host, port: parsed.port === '' ? 80 : Number(parsed.port) };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
