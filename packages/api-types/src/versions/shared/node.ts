import type { InternalNodeSystemInfo } from './internal';
import { compact, text } from './members';
import { str, struct } from '../shape/shape';

/** Alike in the three versions, down to the capital K. */
export const NODE_SYSTEM_INFO = struct('NodeSystemInfo', {
  machineID: str,
  systemUUID: str,
  bootID: str,
  kernelVersion: str,
  osImage: str,
  containerRuntimeVersion: str,
  kubeletVersion: str,
  KubeProxyVersion: str,
});

interface SystemInfoValue extends Record<Exclude<keyof InternalNodeSystemInfo, 'kubeProxyVersion'>, string> {
  readonly KubeProxyVersion: string;
}

export function systemInfoToInternal({ KubeProxyVersion, ...info }: SystemInfoValue): InternalNodeSystemInfo {
  return compact<InternalNodeSystemInfo>({
    machineID: text(info.machineID),
    systemUUID: text(info.systemUUID),
    bootID: text(info.bootID),
    kernelVersion: text(info.kernelVersion),
    osImage: text(info.osImage),
    containerRuntimeVersion: text(info.containerRuntimeVersion),
    kubeletVersion: text(info.kubeletVersion),
    kubeProxyVersion: text(KubeProxyVersion),
  });
}

export function systemInfoFromInternal({ kubeProxyVersion, ...info }: InternalNodeSystemInfo = {}): Partial<
  Record<keyof SystemInfoValue, string | undefined>
> {
  return { ...info, KubeProxyVersion: kubeProxyVersion };
}
