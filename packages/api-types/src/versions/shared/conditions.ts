/**
 * Conditions that pods have got since release 0.14: there was `Ready` and nothing else. They are not shown, and stay when
 * a pod is written through an older version.
 */
const NEWER_CONDITIONS = new Set([
  'ContainersReady',
  'DisruptionTarget',
  'Initialized',
  'PodReadyToStartContainers',
  'PodScheduled',
]);

export function legacyConditions<T extends { readonly type: string }>(conditions: readonly T[] = []): T[] {
  return conditions.filter(({ type }) => !NEWER_CONDITIONS.has(type));
}
