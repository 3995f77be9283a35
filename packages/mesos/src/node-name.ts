/**
 * The name of the Kubernetes node on an agent that calls itself `hostname`: all parts of the cluster have to agree on it.
 * Kubernetes takes no capitals in names.
 */
export function nodeNameOf(hostname: string): string {
  return hostname.trim().toLowerCase();
}
