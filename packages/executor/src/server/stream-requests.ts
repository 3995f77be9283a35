import {
  serveSpdyPortForward,
  serveTunnelledPortForward,
  TUNNEL_PROTOCOL,
} from '../streaming/port-forward/spdy-port-forward';
import { serveChannelPortForward } from '../streaming/port-forward/web-socket-port-forward';
import { parsePort, type PortForwarder } from '../streaming/port-forward/forwarder';
import type { WantedStreams } from '../streaming/remote-command/command-streams';
import { serveCommand } from '../streaming/remote-command/serve-command';
import { spdyCommandStreams } from '../streaming/remote-command/spdy-command';
import { webSocketCommandStreams } from '../streaming/remote-command/web-socket-command';
import { offeredProtocols } from '../streaming/web-socket-channels';
import { asksFor, UpgradeError, type UpgradeRequest } from '../streaming/upgrade';
import type { PodManager } from '../pods/pod-manager';
import type { ContainerRuntime } from '../runtime/runtime';
import { findRunningContainer, findPod, LookupError } from './container-lookup';

interface StreamParts {
  readonly pods: PodManager;
  readonly runtime: ContainerRuntime;
}

/**
 * Serves `exec`, `attach` and `portForward` for as long as they last.
 * @throws LookupError, UpgradeError before anything has been answered
 */
export async function serveStreams({ pods, runtime }: StreamParts, url: URL, upgrade: UpgradeRequest): Promise<void> {
  const [, verb = '', ...rest] = url.pathname.split('/');
  const parts = rest.map(decodeURIComponent);
  const [namespace = '', name = ''] = parts;
  switch (verb) {
    case 'exec':
    case 'attach': {
      // With the uid in between, as newer API servers write it: <namespace>/<pod>/<uid>/<container>.
      const id = findRunningContainer(findPod(pods, namespace, name), parts.at(-1) ?? '');
      const wanted = wantedStreams(url.searchParams);
      const command = url.searchParams.getAll('command');
      const streams = asksFor(upgrade.request, 'websocket')
        ? await webSocketCommandStreams(upgrade, wanted)
        : await spdyCommandStreams(upgrade, wanted);
      if (streams === undefined) return;
      if (verb === 'exec') {
        const start = () => runtime.exec(id, { ...wanted, command });
        return serveCommand(streams, start, 'error executing command in container');
      }
      return serveCommand(streams, () => runtime.attach(id, wanted), 'error attaching to container');
    }
    case 'portForward':
      return servePortForward({ pods, runtime }, findPod(pods, namespace, name).pod, url, upgrade);
    default:
      throw new LookupError(404, '404 page not found');
  }
}

async function servePortForward(
  { pods, runtime }: StreamParts,
  pod: { readonly metadata: { readonly name?: string; readonly uid?: string } },
  url: URL,
  upgrade: UpgradeRequest,
): Promise<void> {
  const { name = '', uid = '' } = pod.metadata;
  const gone = new AbortController();
  const unsubscribe = pods.whenGone(uid, () => gone.abort());
  const address = (port: number) => runtime.address(uid, port);
  const forwarder = { podName: name, podUid: uid, gone: gone.signal, address };
  try {
    await serveForwarder(forwarder, url, upgrade);
  } finally {
    unsubscribe();
  }
}

async function serveForwarder(forwarder: PortForwarder, url: URL, upgrade: UpgradeRequest): Promise<void> {
  if (!asksFor(upgrade.request, 'websocket')) return serveSpdyPortForward(upgrade, forwarder);
  if (offeredProtocols(upgrade.request).includes(TUNNEL_PROTOCOL)) return serveTunnelledPortForward(upgrade, forwarder);
  return serveChannelPortForward(upgrade, forwarder, portsOf(url));
}

/** @throws UpgradeError when there is nothing to stream */
function wantedStreams(query: URLSearchParams): WantedStreams {
  const asked = (...names: readonly string[]): boolean =>
    names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = asked('tty');
  const [stdin, stdout] = [asked('input', 'stdin'), asked('output', 'stdout')];
  // A terminal has one output.
  const stderr = asked('error', 'stderr') && !tty;
  if (!stdin && !stdout && !stderr) {
    throw new UpgradeError(400, 'you must specify at least 1 of stdin, stdout, stderr');
  }
  return { stdin, stdout, stderr, tty };
}

/** @throws UpgradeError */
function portsOf(url: URL): number[] {
  const given = [...url.searchParams.getAll('port'), ...url.searchParams.getAll('ports')];
  if (given.length === 0) throw new UpgradeError(400, 'query parameter "port" is required');
  try {
    return given.flatMap((value) => value.split(',')).map(parsePort);
  } catch (error) {
    throw new UpgradeError(400, error instanceof Error ? error.message : String(error));
  }
}
