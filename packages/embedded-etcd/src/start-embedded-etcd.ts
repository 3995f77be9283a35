import { silentLogger, systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { Engine } from './engine';
import { kvService } from './server/kv-service';
import { leaseService } from './server/lease-service';
import { Listener, type ListenAddress } from './server/listener';
import { authService, memberServices } from './server/member-services';
import { watchService } from './server/watch-service';

export interface EmbeddedEtcdOptions {
  /** Holds the data; created if absent. One process at a time. */
  readonly dataDir: string;
  /** Default 127.0.0.1 and a free port. */
  readonly listen?: readonly ListenAddress[];
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface EmbeddedEtcd {
  /** `http://host:port` of each address. */
  readonly endpoints: readonly string[];
  /** Rejects when the disk fails: nothing more can be stored, and every call is refused. */
  readonly failed: Promise<never>;
  /** Idempotent. What was acknowledged is on disk with or without it. */
  close(): Promise<void>;
}

/**
 * An etcd v3 member without peers over a data directory. Loads its native database library at the first call.
 * @throws FatalError when the directory or an address cannot be used.
 */
export async function startEmbeddedEtcd(options: EmbeddedEtcdOptions): Promise<EmbeddedEtcd> {
  const { dataDir, listen = [{ host: '127.0.0.1', port: 0 }], logger = silentLogger, clock = systemClock } = options;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  const engine = await Engine.open({ dataDir, logger, clock, onFatal: (error) => fail(error) });
  const endpoints: string[] = [];
  const listener = new Listener([
    ...kvService(engine),
    ...leaseService(engine),
    ...watchService(engine, clock),
    ...memberServices(engine, () => endpoints),
    ...authService(engine),
  ]);
  const close = async (): Promise<void> => {
    await listener.close();
    await engine.close();
  };
  try {
    for (const address of listen) {
      const { host, port } = await listener.listen(address);
      endpoints.push(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  logger.info('serving etcd v3', { endpoints: endpoints.join(','), data: dataDir, revision: engine.revision });
  return { endpoints, failed, close };
}
