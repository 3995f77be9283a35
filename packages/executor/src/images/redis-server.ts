import net from 'node:net';

/** One value of the Redis protocol, as written. */
type Reply = string;

/**
 * A key-value server that speaks enough of the Redis protocol for the guestbook example, where no Redis is installed:
 * strings in memory, nothing on disk. With `upstream` it hands every connection on to that server instead.
 */
export function createRedisServer(upstream?: { readonly host: string; readonly port: number }): net.Server {
  if (upstream !== undefined) {
    return net.createServer((client) => {
      const master = net.connect(upstream);
      client.on('error', () => master.destroy());
      master.on('error', () => client.destroy());
      client.pipe(master).pipe(client);
    });
  }
  const values = new Map<string, string>();
  return net.createServer((socket) => {
    const parser = new CommandParser();
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const command of parser.push(chunk)) socket.write(answer(values, command));
    });
  });
}

/** Splits a stream into commands: arrays of bulk strings, or plain lines of words. Lengths count bytes. */
export class CommandParser {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): string[][] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const commands: string[][] = [];
    for (;;) {
      const parsed = this.#next();
      if (parsed === undefined) return commands;
      this.#rest = this.#rest.subarray(parsed.length);
      if (parsed.words.length > 0) commands.push(parsed.words);
    }
  }

  #next(): { readonly words: string[]; readonly length: number } | undefined {
    const first = this.#line(0);
    if (first === undefined) return undefined;
    if (!first.text.startsWith('*')) {
      return { words: first.text.split(/\s+/).filter((word) => word !== ''), length: first.end };
    }
    const words: string[] = [];
    let at = first.end;
    for (let left = Number(first.text.slice(1)); left > 0; left -= 1) {
      const head = this.#line(at);
      if (head === undefined) return undefined;
      const size = Number(head.text.slice(1));
      if (this.#rest.length < head.end + size + 2) return undefined;
      words.push(this.#rest.toString('utf8', head.end, head.end + size));
      at = head.end + size + 2;
    }
    return { words, length: at };
  }

  #line(from: number): { readonly text: string; readonly end: number } | undefined {
    const end = this.#rest.indexOf('\r\n', from);
    return end < 0 ? undefined : { text: this.#rest.toString('utf8', from, end), end: end + 2 };
  }
}

function answer(values: Map<string, string>, command: readonly string[]): Reply {
  const [name = '', key = '', value = ''] = command;
  switch (name.toUpperCase()) {
    case 'PING':
      return '+PONG\r\n';
    case 'ECHO':
      return bulk(key);
    case 'SELECT':
    case 'QUIT':
      return '+OK\r\n';
    case 'SET':
      values.set(key, value);
      return '+OK\r\n';
    case 'GET':
      return bulk(values.get(key));
    case 'APPEND':
      values.set(key, (values.get(key) ?? '') + value);
      return `:${(values.get(key) ?? '').length}\r\n`;
    case 'INCR': {
      const next = Number(values.get(key) ?? '0') + 1;
      if (!Number.isSafeInteger(next)) return '-ERR value is not an integer or out of range\r\n';
      values.set(key, String(next));
      return `:${next}\r\n`;
    }
    case 'DEL':
      return `:${values.delete(key) ? 1 : 0}\r\n`;
    case 'EXISTS':
      return `:${values.has(key) ? 1 : 0}\r\n`;
    case 'INFO':
      return bulk('# Server\r\nredis_mode:standalone\r\nrole:master\r\n');
    default:
      return `-ERR unknown command '${name}'\r\n`;
  }
}

function bulk(text: string | undefined): Reply {
  return text === undefined ? '$-1\r\n' : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** Sends one command to a Redis server and returns its answer; `undefined` for a missing value. */
export function redisCall(
  server: { readonly host: string; readonly port: number },
  command: readonly string[],
  timeoutMs: number,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...server, timeout: timeoutMs });
    let received = Buffer.alloc(0);
    const finish = (result: { readonly value?: string } | Error): void => {
      socket.destroy();
      if (result instanceof Error) reject(result);
      else resolve(result.value);
    };
    socket.once('timeout', () => finish(new Error(`no answer from ${server.host}:${server.port}`)));
    socket.once('error', finish);
    socket.once('close', () => finish(new Error('connection closed')));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n');
      if (end < 0) return;
      const line = received.toString('utf8', 0, end);
      if (line.startsWith('-')) finish(new Error(line.slice(1)));
      else if (line.startsWith('+') || line.startsWith(':')) finish({ value: line.slice(1) });
      else if (!line.startsWith('$')) finish(new Error(`what answers at ${server.host}:${server.port} is no Redis`));
      else {
        const size = Number(line.slice(1));
        if (size < 0) finish({});
        else if (received.length >= end + 2 + size + 2)
          finish({ value: received.toString('utf8', end + 2, end + 2 + size) });
      }
    });
    socket.write(`*${command.length}\r\n${command.map((word) => bulk(word)).join('')}`);
  });
}
