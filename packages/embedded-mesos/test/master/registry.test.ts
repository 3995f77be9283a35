import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempDir } from '@kubernetes-mesos/test-support';
import { Registry } from '../../src/master/registry';

const agent = (id: string) => ({ hostname: id, id: { value: id } });

test('what was appended is there after a restart; a torn last line is not', async () => {
  await withTempDir(async (folder) => {
    const path = join(folder, 'registry.jsonl');
    const first = new Registry(path);
    first.append([
      { change: 'admitted', agent: agent('S0') },
      { change: 'admitted', agent: agent('S1') },
      { change: 'unreachable', agentId: 'S1', at: 7 },
      { change: 'gone', agentId: 'S2', at: 8 },
      { change: 'weight', role: 'r', weight: 2 },
    ]);
    first.close();
    appendFileSync(path, '{"change":"gone","agentId":"S0"');
    for (let start = 0; start < 2; start += 1) {
      const again = new Registry(path);
      expect([...again.content.agents.keys()]).toEqual(['S0']);
      expect([...again.content.unreachable]).toEqual([['S1', 7]]);
      expect([...again.content.gone]).toEqual([['S2', 8]]);
      expect([...again.content.weights]).toEqual([['r', 2]]);
      again.close();
    }
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });
});
