import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, eventually } from '@kubernetes-mesos/test-support';
import { createLogger } from '@kubernetes-mesos/component-base';

test('a fact of a line is cut where it gets long: errors may quote what a client has sent', async () => {
  const dir = await createTempDir('km-logger-');
  try {
    const file = join(dir.path, 'log');
    const logger = createLogger({ component: 'test', file, stderr: false });
    const long = 'x'.repeat(100_000);
    logger.warn('failed', { error: new Error(long), text: `a ${long}`, word: long, list: [long], short: 'y' });
    const line = await eventually(async () => {
      const text = await readFile(file, 'utf8');
      return text.endsWith('\n') ? text : undefined;
    });
    expect(line.length).toBeLessThan(20_000);
    expect(line).toContain('... (100000 characters)');
    expect(line).toContain('short=y');
  } finally {
    await dir.dispose();
  }
});
