import { readFile } from 'node:fs/promises';
import type { ContainerInspectInfo } from 'dockerode';
import type { ObservedContainer, ObservedSandbox, ObservedState } from '../runtime';
import { LABELS } from './names';

const MAX_MESSAGE_BYTES = 4096;
const SIGNAL_BASE = 128;

/** A container as Docker describes it, in the runtime's terms. */
export async function observedContainer(info: ContainerInspectInfo): Promise<ObservedContainer> {
  const labels = info.Config.Labels;
  const state = stateOf(info);
  const message = state.phase === 'exited' ? await terminationMessage(labels[LABELS.terminationMessage]) : '';
  return {
    id: info.Id,
    name: labels[LABELS.containerName] ?? '',
    attempt: Number(labels[LABELS.attempt] ?? 0),
    image: info.Config.Image,
    imageId: imageIdText(info.Image),
    state: state.phase === 'exited' && message !== '' ? { ...state, message } : state,
  };
}

/** A pod's pause container in the runtime's terms. */
export function observedSandbox(info: ContainerInspectInfo, hostIP: string): ObservedSandbox {
  const networks = Object.values(info.NetworkSettings.Networks ?? {});
  const observed = stateOf(info);
  const state =
    observed.phase === 'created' ? { phase: 'running' as const, startedAt: Date.parse(info.Created) } : observed;
  const ip = networks.find((network) => network.IPAddress !== '')?.IPAddress;
  return {
    id: info.Id,
    running: info.State.Running,
    ip: info.HostConfig.NetworkMode === 'host' ? hostIP : (ip ?? ''),
    attempt: Number(info.Config.Labels[LABELS.attempt] ?? 0),
    image: info.Config.Image,
    imageId: imageIdText(info.Image),
    startedAt: state.startedAt,
    ...(state.phase === 'exited' ? { end: { finishedAt: state.finishedAt, exitCode: state.exitCode } } : {}),
  };
}

/** Image ids without their algorithm, as statuses have always shown them. */
export function imageIdText(id: string): string {
  return id.replace(/^sha256:/, '');
}

function stateOf(info: ContainerInspectInfo): ObservedState {
  const { State: state } = info;
  const startedAt = Date.parse(state.StartedAt);
  if (state.Running || state.Paused || state.Restarting) return { phase: 'running', startedAt };
  if (state.Status === 'created' && state.Error === '') return { phase: 'created' };
  const begun = startedAt > 0 ? startedAt : Date.parse(info.Created);
  const finishedAt = Date.parse(state.FinishedAt);
  const { ExitCode: exitCode } = state;
  return {
    phase: 'exited',
    startedAt: begun,
    finishedAt: finishedAt > 0 ? finishedAt : begun,
    exitCode,
    ...(exitCode > SIGNAL_BASE && exitCode < SIGNAL_BASE + 32 ? { signal: exitCode - SIGNAL_BASE } : {}),
    ...(state.OOMKilled ? { outOfMemory: true } : {}),
    ...(state.Error === '' ? {} : { message: state.Error }),
  };
}

async function terminationMessage(file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.slice(0, MAX_MESSAGE_BYTES);
}
