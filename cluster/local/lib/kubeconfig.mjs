// Writes the cluster into the user's kubeconfig, keeping everything else that is there.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseDocument, Document } from 'yaml';

/** The file kubectl would write to: the first of KUBECONFIG that exists, else its first, else ~/.kube/config. */
export function kubeconfigPath(env = process.env) {
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  return files.find(existsSync) ?? files[0] ?? join(homedir(), '.kube/config');
}

/** Adds or replaces cluster and context `name`, and selects the context. */
export function mergeKubeconfig(path, name, server) {
  const document = existsSync(path) ? parseDocument(readFileSync(path, 'utf8')) : new Document({});
  if (document.errors.length > 0) throw new Error(`${path} is not valid YAML: ${document.errors[0].message}`);
  if (document.contents === null) document.contents = document.createNode({});
  if (!document.has('apiVersion')) document.set('apiVersion', 'v1');
  if (!document.has('kind')) document.set('kind', 'Config');
  put(document, 'clusters', { name, cluster: { server } });
  put(document, 'contexts', { name, context: { cluster: name, user: name } });
  put(document, 'users', { name, user: {} });
  document.set('current-context', name);
  write(path, document);
}

/** Takes cluster, context and user `name` out again; the rest stays. */
export function removeFromKubeconfig(path, name) {
  if (!existsSync(path)) return false;
  const document = parseDocument(readFileSync(path, 'utf8'));
  if (document.errors.length > 0 || document.contents === null) return false;
  let changed = false;
  for (const list of ['clusters', 'contexts', 'users']) {
    const entries = document.toJS()[list] ?? [];
    const kept = entries.filter((entry) => entry.name !== name);
    if (kept.length === entries.length) continue;
    document.set(list, kept);
    changed = true;
  }
  if (document.get('current-context') === name) document.set('current-context', '');
  if (changed) write(path, document);
  return changed;
}

function put(document, list, entry) {
  const entries = document.toJS()[list] ?? [];
  const at = entries.findIndex((existing) => existing.name === entry.name);
  document.set(list, at === -1 ? [...entries, entry] : entries.with(at, entry));
}

function write(path, document) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, document.toString(), { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
