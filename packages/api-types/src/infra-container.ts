/**
 * The container that holds a pod's network. `v1` has no place for it, the older versions show it as the entry `POD` of a
 * pod's `currentState.info`; so it is kept in an annotation that is written together with the pod's status.
 */
export interface InfraContainer {
  readonly image: string;
  /** With the runtime's name before it: `docker://<id>`. */
  readonly imageID: string;
  readonly containerID: string;
  /** RFC 3339, in whole seconds. */
  readonly startedAt: string;
  /** Present once it has ended. */
  readonly finishedAt?: string;
  readonly exitCode?: number;
}

export const INFRA_CONTAINER_ANNOTATION = 'k8s.mesosphere.io/infra-container';

export function infraContainerAnnotation(infra: InfraContainer): string {
  const { image, imageID, containerID, startedAt, finishedAt, exitCode } = infra;
  return JSON.stringify({ image, imageID, containerID, startedAt, finishedAt, exitCode });
}

/** Anybody may write annotations: what is no infra container gives `undefined`. */
export function infraContainerOf(
  annotations: Readonly<Record<string, string>> | undefined,
): InfraContainer | undefined {
  const text = annotations?.[INFRA_CONTAINER_ANNOTATION];
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isInfraContainer(value) ? value : undefined;
}

function isInfraContainer(value: unknown): value is InfraContainer {
  if (typeof value !== 'object' || value === null) return false;
  const { image, imageID, containerID, startedAt, finishedAt, exitCode }: { [K in keyof InfraContainer]?: unknown } =
    value;
  return (
    [image, imageID, containerID].every((member) => typeof member === 'string') &&
    isTime(startedAt) &&
    (finishedAt === undefined || isTime(finishedAt)) &&
    (exitCode === undefined || Number.isInteger(exitCode))
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
}
