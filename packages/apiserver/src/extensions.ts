import type { ApiServerExtensions } from './server';

/** Parts of the API that are pure functions of their own: kinds of patch, other encodings, documents, older versions. */
export async function builtInExtensions(): Promise<ApiServerExtensions> {
  return {};
}
