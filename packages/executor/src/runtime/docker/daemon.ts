import type Docker from 'dockerode';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { ImagePullError } from '../runtime';

/** `unix:///path`, a path, `tcp://host:port` or `host:port`; `''` is DOCKER_HOST, or the default socket. */
export function connection(endpoint: string): Docker.DockerOptions {
  if (endpoint === '') return {};
  if (endpoint.startsWith('unix://')) return { socketPath: endpoint.slice('unix://'.length) };
  if (endpoint.startsWith('/')) return { socketPath: endpoint };
  const url = new URL(endpoint.includes('://') ? endpoint.replace(/^tcp:/, 'http:') : `http://${endpoint}`);
  return { protocol: 'http', host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) };
}

export function withTag(image: string): string {
  const [repo, tag] = splitTag(image);
  return image.includes('@') ? image : `${repo}:${tag}`;
}

export function splitTag(image: string): [repo: string, tag: string] {
  const at = image.lastIndexOf(':');
  return at > image.lastIndexOf('/') ? [image.slice(0, at), image.slice(at + 1)] : [image, 'latest'];
}

/** What Docker said, without the wrapping of its HTTP client. */
export function daemonText(error: unknown): string {
  const json: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'json') : undefined;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') {
    return json.message;
  }
  return errorMessage(error);
}

export function pullError(image: string, error: unknown): ImagePullError {
  const text = daemonText(error);
  const invalid = text.includes('invalid reference format');
  return new ImagePullError(invalid ? 'InvalidImageName' : 'ErrImagePull', invalid ? `${image}: ${text}` : text, {
    cause: error,
  });
}

function statusOf(error: unknown): number {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  return typeof code === 'number' ? code : 0;
}

export async function ignoringMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** 304: not running; 404: gone; 409: not running, for kill and for a removal under way. */
export async function ignoringStopped(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (![304, 404, 409].includes(statusOf(error))) throw error;
  }
}
