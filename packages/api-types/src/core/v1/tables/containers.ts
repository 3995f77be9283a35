import type { PodSpec } from '../../../generated/core-v1.types';

/** Names and images of the containers of a pod, each joined with commas. */
export function containerNamesAndImages(spec: PodSpec | undefined): {
  readonly names: string;
  readonly images: string;
} {
  const containers = spec?.containers ?? [];
  return {
    names: containers.map((container) => container.name).join(','),
    images: containers.map((container) => container.image ?? '').join(','),
  };
}
