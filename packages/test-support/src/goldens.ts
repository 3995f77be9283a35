import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Where the recorded traffic of real servers lies: `KM_GOLDENS`, else `shared/goldens` beside the repository. `undefined`
 * when there is none: tests that need it are skipped.
 */
export function goldensFolder(): string | undefined {
  const folder = process.env['KM_GOLDENS'] ?? resolve(__dirname, '../../../../shared/goldens');
  return existsSync(folder) ? folder : undefined;
}
