import { errorMessage, startStatusServer, type Logger, type StatusServer } from '@kubernetes-mesos/component-base';

/** `/healthz` on the kubelet's well-known port. Several executors of a machine share it: the first one has it. */
export async function startHealthPort(
  address: string,
  port: number,
  logger: Logger,
): Promise<StatusServer | undefined> {
  if (port === 0) return undefined;
  try {
    return await startStatusServer({ address, port });
  } catch (error) {
    logger.debug('health port is not served', { error: errorMessage(error) });
    return undefined;
  }
}
