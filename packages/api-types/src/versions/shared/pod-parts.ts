/** Parts of a pod that the three older versions spell alike, and their defaults of release 0.14. */
import type {
  InternalCapabilities,
  InternalContainer,
  InternalContainerPort,
  InternalContainerState,
  InternalHandler,
  InternalProbe,
  IntOrString,
} from './internal';
import { compact, count, flag, items, some, strings, text, unlessEmpty } from './members';
import { timeText } from './time';

export const TERMINATION_MESSAGE_PATH = '/dev/termination-log';

interface HttpGetValue {
  readonly path: string;
  readonly port: IntOrString;
  readonly host: string;
}

export interface HandlerValue {
  readonly exec: { readonly command: string[] | null } | null;
  readonly httpGet: HttpGetValue | null;
  readonly tcpSocket: { readonly port: IntOrString } | null;
}

export interface ProbeValue extends HandlerValue {
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
}

export interface LifecycleValue {
  readonly postStart: HandlerValue | null;
  readonly preStop: HandlerValue | null;
}

export interface PortValue {
  readonly name: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIP: string;
}

export interface CapabilitiesValue {
  readonly add: string[] | null;
  readonly drop: string[] | null;
}

export interface StateValue {
  readonly waiting: { readonly reason: string } | null;
  readonly running: { readonly startedAt: string } | null;
  readonly termination: {
    readonly exitCode: number;
    readonly signal: number;
    readonly reason: string;
    readonly message: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly containerID: string;
  } | null;
}

/** `Always` for an image that says `:latest`; an image without any tag is not one, unlike today. */
export function defaultPullPolicy(image: string): string {
  return image.endsWith(':latest') ? 'Always' : 'IfNotPresent';
}

export function handlerToInternal(value: HandlerValue, defaults: boolean): InternalHandler {
  return compact<InternalHandler>({
    exec: some(value.exec, (exec) => compact<{ command?: string[] }>({ command: strings(exec.command) })),
    httpGet: some(value.httpGet, (get) =>
      compact<{ path?: string; port: IntOrString; host?: string }>({
        path: text(get.path) ?? (defaults ? '/' : undefined),
        port: get.port,
        host: text(get.host),
      }),
    ),
    tcpSocket: some(value.tcpSocket, ({ port }) => ({ port })),
  });
}

export function handlerFromInternal(handler: InternalHandler): HandlerValue {
  return {
    exec: some(handler.exec, (exec) => ({ command: exec.command ?? null })) ?? null,
    httpGet: some(handler.httpGet, ({ path = '', port, host = '' }) => ({ path, port, host })) ?? null,
    tcpSocket: some(handler.tcpSocket, ({ port }) => ({ port })) ?? null,
  };
}

export function probeToInternal(value: ProbeValue, defaults: boolean): InternalProbe {
  return compact<InternalProbe>({
    ...handlerToInternal(value, defaults),
    initialDelaySeconds: count(value.initialDelaySeconds),
    timeoutSeconds: count(value.timeoutSeconds) ?? (defaults ? 1 : undefined),
  });
}

export function probeFromInternal(probe: InternalProbe): ProbeValue {
  return {
    ...handlerFromInternal(probe),
    initialDelaySeconds: probe.initialDelaySeconds ?? 0,
    timeoutSeconds: probe.timeoutSeconds ?? 0,
  };
}

export function lifecycleToInternal(
  value: LifecycleValue,
  defaults: boolean,
): NonNullable<InternalContainer['lifecycle']> {
  return compact<NonNullable<InternalContainer['lifecycle']>>({
    postStart: some(value.postStart, (handler) => handlerToInternal(handler, defaults)),
    preStop: some(value.preStop, (handler) => handlerToInternal(handler, defaults)),
  });
}

export function lifecycleFromInternal(lifecycle: NonNullable<InternalContainer['lifecycle']>): LifecycleValue {
  return {
    postStart: some(lifecycle.postStart, handlerFromInternal) ?? null,
    preStop: some(lifecycle.preStop, handlerFromInternal) ?? null,
  };
}

/** On the host's network a port that names no host port has its own number there. */
export function portsToInternal(
  ports: readonly PortValue[] | null,
  hostNetwork: boolean,
  defaults: boolean,
): InternalContainerPort[] | undefined {
  return items(ports, (port) =>
    compact<InternalContainerPort>({
      name: text(port.name),
      hostPort: count(port.hostPort === 0 && hostNetwork && defaults ? port.containerPort : port.hostPort),
      containerPort: port.containerPort,
      protocol: text(port.protocol) ?? (defaults ? 'TCP' : undefined),
      hostIP: text(port.hostIP),
    }),
  );
}

/** `v1` keeps both in the container's security context. */
export function securityToInternal(
  capabilities: CapabilitiesValue,
  privileged: boolean,
): InternalContainer['securityContext'] {
  const kept = compact<InternalCapabilities>({ add: strings(capabilities.add), drop: strings(capabilities.drop) });
  return unlessEmpty(
    compact<NonNullable<InternalContainer['securityContext']>>({
      capabilities: unlessEmpty(kept),
      privileged: flag(privileged),
    }),
  );
}

export function capabilitiesFromInternal(container: InternalContainer): CapabilitiesValue {
  const { add = null, drop = null } = container.securityContext?.capabilities ?? {};
  return { add, drop };
}

export function stateToInternal({ waiting, running, termination }: StateValue): InternalContainerState {
  return compact<InternalContainerState>({
    waiting: some(waiting, ({ reason }) => compact<{ reason?: string }>({ reason: text(reason) })),
    running: some(running, ({ startedAt }) => ({ startedAt: startedAt === '' ? null : startedAt })),
    terminated: some(termination, (end) =>
      compact<NonNullable<InternalContainerState['terminated']>>({
        exitCode: end.exitCode,
        signal: count(end.signal),
        reason: text(end.reason),
        message: text(end.message),
        startedAt: end.startedAt === '' ? null : end.startedAt,
        finishedAt: end.finishedAt === '' ? null : end.finishedAt,
        containerID: text(end.containerID),
      }),
    ),
  });
}

export function stateFromInternal(state: InternalContainerState = {}): StateValue {
  return {
    waiting: some(state.waiting, ({ reason = '' }) => ({ reason })) ?? null,
    running: some(state.running, ({ startedAt }) => ({ startedAt: timeText(startedAt) })) ?? null,
    termination:
      some(state.terminated, (end) => ({
        exitCode: end.exitCode,
        signal: end.signal ?? 0,
        reason: end.reason ?? '',
        message: end.message ?? '',
        startedAt: timeText(end.startedAt),
        finishedAt: timeText(end.finishedAt),
        containerID: end.containerID ?? '',
      })) ?? null,
  };
}
