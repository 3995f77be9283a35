import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram, programFor, type ImageMap, type ImageProgram } from '../../images/image-map';
import { ContainerStartError, type ContainerStart } from '../runtime';
import type { PortMap } from './port-map';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface LaunchPlan {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface LaunchContext {
  readonly images: ImageMap;
  /** How `{{KM}}` is run: the program and its leading arguments. */
  readonly km: readonly string[];
  readonly hostIP: string;
  readonly ports: PortMap;
  /** The container's own directory on the host. */
  readonly directory: string;
}

/**
 * What a container's image and spec come to on the host. An image that the map does not know needs a `command`.
 * @throws ContainerStartError
 */
export async function planLaunch(spec: ContainerStart, context: LaunchContext): Promise<LaunchPlan> {
  const image = spec.container.image ?? '';
  const path = spec.environment.get('PATH') ?? DEFAULT_PATH;
  const program = programFor(context.images, image, path);
  for (const { containerPort } of spec.container.ports ?? []) await context.ports.claim(containerPort);
  for (const port of program?.ports ?? []) await context.ports.claim(port);
  const environment = environmentOf(spec, context);
  const fill = (text: string): string => fillTemplate(text, { spec, context, environment });
  if (program?.files !== undefined) await writeFiles(context.directory, program.files, fill);
  const command = spec.command === undefined ? commandOf(program, context.km, fill) : [...spec.command];
  if (command === undefined) {
    throw new ContainerStartError(
      'CreateContainerConfigError',
      `image ${JSON.stringify(image)} is not in the image map of the process runtime and the container has no command`,
    );
  }
  const args = spec.args !== undefined ? spec.args : spec.command === undefined ? (program?.args ?? []).map(fill) : [];
  const first = command[0] ?? '';
  if (!first.includes('/') && findProgram(first, path) === undefined) {
    throw new ContainerStartError(
      'RunContainerError',
      `exec: ${JSON.stringify(first)}: executable file not found in $PATH`,
    );
  }
  return { command: [...command, ...args], environment };
}

/** Images have no content here; equal names are equal images. */
export function imageDigest(image: string): string {
  return `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

function commandOf(
  program: ImageProgram | undefined,
  km: readonly string[],
  fill: (text: string) => string,
): string[] | undefined {
  return program?.command.flatMap((word) => (word === '{{KM}}' ? km : [fill(word)]));
}

function environmentOf(spec: ContainerStart, context: LaunchContext): Record<string, string> {
  const environment: Record<string, string> = { PATH: DEFAULT_PATH, HOME: '/root', HOST_IP: context.hostIP };
  for (const [containerPort, hostPort] of context.ports.entries())
    environment[`PORT_${containerPort}`] = String(hostPort);
  environment['HOSTNAME'] = spec.pod.metadata.name ?? '';
  for (const [name, value] of spec.environment) environment[name] = value;
  return environment;
}

function fillTemplate(
  text: string,
  values: {
    readonly spec: ContainerStart;
    readonly context: LaunchContext;
    readonly environment: Readonly<Record<string, string>>;
  },
): string {
  const { spec, context, environment } = values;
  return text.replace(/\{\{([\w:]+)\}\}/g, (whole, name: string) => {
    if (name === 'HOST_IP') return context.hostIP;
    if (name === 'USER') return userInfo().username;
    if (name === 'DIR') return context.directory;
    if (name === 'POD_NAME') return spec.pod.metadata.name ?? '';
    if (name === 'IMAGE') return spec.container.image ?? '';
    if (name.startsWith('env:')) return environment[name.slice('env:'.length)] ?? '';
    const port = /^PORT_(\d+)$/.exec(name)?.[1];
    return port === undefined ? whole : String(context.ports.address(Number(port)).port);
  });
}

async function writeFiles(
  directory: string,
  files: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), fill(text));
}
