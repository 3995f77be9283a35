// Whether a port is free, and if not, which process holds it.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** `undefined` when free; else a text such as `nginx (pid 123)`. */
export async function portHolder(host, port) {
  const error = await new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (error === undefined) return undefined;
  if (error.code !== 'EADDRINUSE') return `not usable: ${error.message}`;
  return ownerOnLinux(port) ?? ownerByLsof(port) ?? 'another process';
}

function ownerOnLinux(port) {
  const inodes = new Set();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text;
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[3] === '0A' && Number.parseInt(columns[1].split(':')[1], 16) === port) inodes.add(columns[9]);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
        if (match !== null && inodes.has(match[1])) return describe(pid);
      }
    } catch {
      // Gone meanwhile, or not ours to look into.
    }
  }
  return undefined;
}

function describe(pid) {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  return `${words.slice(0, 4).join(' ')} (pid ${pid})`;
}

function ownerByLsof(port) {
  try {
    const [line] = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .replace(/^p(\d+)\nc(.*)$/m, '$2 (pid $1)')
      .split('\n');
    return line;
  } catch {
    return undefined;
  }
}
