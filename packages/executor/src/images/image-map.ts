import { readFile } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FatalError } from '@kubernetes-mesos/component-base';

/**
 * What the process runtime runs for an image. Texts may hold `{{HOST_IP}}`, `{{PORT_80}}` (where the container's port 80
 * is reached), `{{DIR}}` (a directory of the container), `{{POD_NAME}}`, `{{USER}}` (who runs the executor), `{{IMAGE}}`, `{{env:NAME}}`
 * (a variable of the container) and `{{KM}}`.
 */
export interface ImageProgram {
  /** Looked for in PATH; the entry is used only when it is installed. Absent: always usable. */
  readonly program?: string;
  /** The image's entry point. `["{{KM}}", ...]` runs a part of `km` itself. */
  readonly command: readonly string[];
  /** Default arguments, replaced by the container's `args`. */
  readonly args?: readonly string[];
  /** Ports that the image serves even when the pod does not list them. */
  readonly ports?: readonly number[];
  /** Files written into `{{DIR}}` before the start. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Image name without registry defaults and tag -> programs in order of preference. */
export type ImageMap = ReadonlyMap<string, readonly ImageProgram[]>;

/** The name that an image is looked up by: no tag, no digest, no `docker.io/`, no `library/`. */
export function imageKey(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return name.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
}

/** The first program of an image that this host can run. */
export function programFor(map: ImageMap, image: string, path: string): ImageProgram | undefined {
  return map
    .get(imageKey(image))
    ?.find(({ program }) => program === undefined || findProgram(program, path) !== undefined);
}

/** Absolute path of a program as a shell would find it. */
export function findProgram(program: string, path: string): string | undefined {
  if (program.includes('/')) return isExecutable(program) ? program : undefined;
  return path
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable);
}

/**
 * Reads a user's map and lays it over `base`: a JSON object, image name -> program or list of programs.
 * @throws FatalError that names the file and what is wrong with it.
 */
export async function loadImageMap(file: string, base: ImageMap): Promise<ImageMap> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new FatalError(`--image_map: ${file} cannot be read`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new FatalError(`--image_map: ${file} is not a JSON object of image names`);
  }
  const map = new Map(base);
  for (const [name, entry] of Object.entries(parsed)) {
    const programs: unknown[] = Array.isArray(entry) ? entry : [entry];
    map.set(
      imageKey(name),
      programs.map((program) => checkedProgram(file, name, program)),
    );
  }
  return map;
}

function checkedProgram(file: string, image: string, value: unknown): ImageProgram {
  const fail = (what: string): never => {
    throw new FatalError(`--image_map: ${file}: image ${JSON.stringify(image)}: ${what}`);
  };
  if (typeof value !== 'object' || value === null) return fail('must be an object');
  const entry: Record<string, unknown> = { ...value };
  const { program, command, args, ports, files, ...unknown } = entry;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) return fail(`unknown member ${JSON.stringify(extra)}`);
  if (!isTexts(command) || command.length === 0) return fail('"command" must be a list of texts that is not empty');
  if (program !== undefined && typeof program !== 'string') return fail('"program" must be a text');
  if (args !== undefined && !isTexts(args)) return fail('"args" must be a list of texts');
  if (ports !== undefined && !isPorts(ports)) return fail('"ports" must be a list of port numbers');
  if (files !== undefined && !isTextMap(files)) return fail('"files" must map names to texts');
  return {
    command,
    ...(program === undefined ? {} : { program }),
    ...(args === undefined ? {} : { args }),
    ...(ports === undefined ? {} : { ports }),
    ...(files === undefined ? {} : { files }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPorts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item > 0 && item < 65_536);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && isTexts(Object.values(value));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
