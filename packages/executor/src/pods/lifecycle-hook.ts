import type { Container, LifecycleHandler } from '../api/core-v1';
import { httpGet } from '../probes/http-get';
import { portNumber } from '../probes/prober';
import { runInContainer } from '../runtime/run-in-container';
import type { ContainerRuntime } from '../runtime/runtime';

/** Runs a postStart or preStop hook to its end. @throws Error when it fails or takes longer than `timeoutMs`. */
export async function runHook(
  runtime: ContainerRuntime,
  handler: LifecycleHandler,
  target: { readonly podUid: string; readonly container: Container; readonly containerId: string },
  timeoutMs: number,
): Promise<void> {
  if (handler.exec !== undefined) {
    const command = handler.exec.command ?? [];
    const { exitCode, output } = await runInContainer(runtime, target.containerId, command, timeoutMs);
    if (exitCode !== 0) throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output}`);
    return;
  }
  if (handler.httpGet !== undefined) {
    const port = portNumber(target.container, handler.httpGet.port);
    const { host } = handler.httpGet;
    const address = host !== undefined && host !== '' ? { host, port } : await runtime.address(target.podUid, port);
    const { status } = await httpGet(handler.httpGet, address, timeoutMs);
    if (status >= 400) throw new Error(`HTTP hook failed with statuscode: ${status}`);
    return;
  }
  if (handler.tcpSocket !== undefined) throw new Error('a hook with tcpSocket is not supported');
}
