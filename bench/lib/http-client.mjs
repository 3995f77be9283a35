// A lean HTTP/1.1 client over TLS that knows no server: one request at a time on one connection, bodies as bytes,
// streams as lines. Cheaper than a general client, so that on a small machine the server is what is measured.
import tls from 'node:tls';

/** One keep-alive connection. */
export class Connection {
  #socket;
  #head;
  #parser;
  #pending;

  /** @param target `{ host, port, ca, token }` */
  static async open(target) {
    const socket = tls.connect({
      host: target.host,
      port: target.port,
      ca: target.ca,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
    });
    socket.setNoDelay(true);
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    return new Connection(socket, target);
  }

  constructor(socket, target) {
    this.#socket = socket;
    this.#head = `host: ${target.host}:${target.port}\r\nauthorization: Bearer ${target.token}\r\naccept: application/json\r\n`;
    socket.on('data', (chunk) => this.#parser?.push(chunk));
    const failed = (error) => {
      this.#pending?.reject(error ?? new Error('connection closed'));
      this.#pending = undefined;
    };
    socket.on('error', failed);
    socket.on('close', () => failed());
  }

  /** Answers `{ status, body }`; `body` is a Buffer. */
  request(method, path, body = '', contentType = 'application/json') {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      const chunks = [];
      let status = 0;
      this.#parser = new ResponseParser({
        head: (code) => (status = code),
        data: (chunk) => chunks.push(chunk),
        end: () => {
          this.#pending = undefined;
          resolve({ status, body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) });
        },
      });
      this.#send(method, path, body, contentType);
    });
  }

  /** Opens a stream (a watch): `onLine(Buffer)` for every line, `onEnd()` if the server ends it; resolves once the head is there. */
  stream(path, onLine, onEnd = () => undefined) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      let rest;
      this.#parser = new ResponseParser({
        head: (status) => {
          if (status === 200) resolve();
          else reject(new Error(`${path}: ${status}`));
          // From here on, a connection that closes is a stream that ends.
          this.#pending = { resolve: onEnd, reject: onEnd };
        },
        data: (chunk) => {
          let from = 0;
          for (;;) {
            const end = chunk.indexOf(10, from);
            if (end === -1) break;
            const piece = chunk.subarray(from, end);
            onLine(rest === undefined ? piece : Buffer.concat([rest, piece]));
            rest = undefined;
            from = end + 1;
          }
          if (from < chunk.length)
            rest = rest === undefined ? chunk.subarray(from) : Buffer.concat([rest, chunk.subarray(from)]);
        },
        end: () => {
          this.#pending = undefined;
          onEnd();
        },
      });
      this.#send('GET', path, '', undefined);
    });
  }

  close() {
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #send(method, path, body, contentType) {
    const length = body === '' ? '' : `content-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${this.#head}${length}\r\n${body}`);
  }
}

/** Incremental: status line and headers, then a body by content-length or in chunks. */
class ResponseParser {
  #on;
  #buffer = Buffer.alloc(0);
  #state = 'head';
  #left = 0;

  constructor(handlers) {
    this.#on = handlers;
  }

  push(chunk) {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#advance());
  }

  #advance() {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'body':
        return this.#readBody('done');
      case 'chunk':
        return this.#readBody('chunk-end');
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end':
        if (this.#buffer.length < 2) return false;
        this.#buffer = this.#buffer.subarray(2);
        this.#state = 'chunk-size';
        return true;
      case 'last-chunk':
        if (this.#buffer.length < 2) return false;
        this.#buffer = this.#buffer.subarray(2);
        return this.#finish();
      default:
        return false;
    }
  }

  #readHead() {
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const head = this.#buffer.latin1Slice(0, end);
    this.#buffer = this.#buffer.subarray(end + 4);
    this.#on.head(Number(head.slice(9, 12)));
    const length = /^content-length: *(\d+)/im.exec(head);
    if (length !== null) {
      this.#left = Number(length[1]);
      this.#state = 'body';
      return this.#left > 0 || this.#finish();
    }
    this.#state = /^transfer-encoding: *chunked/im.test(head) ? 'chunk-size' : 'done';
    return this.#state !== 'done' || this.#finish();
  }

  #readBody(next) {
    if (this.#buffer.length === 0) return false;
    const take = Math.min(this.#left, this.#buffer.length);
    this.#on.data(this.#buffer.subarray(0, take));
    this.#buffer = this.#buffer.subarray(take);
    this.#left -= take;
    if (this.#left > 0) return false;
    this.#state = next;
    return next === 'done' ? this.#finish() : true;
  }

  #readChunkSize() {
    const end = this.#buffer.indexOf('\r\n');
    if (end === -1) return false;
    this.#left = Number.parseInt(this.#buffer.latin1Slice(0, end), 16);
    this.#buffer = this.#buffer.subarray(end + 2);
    this.#state = this.#left === 0 ? 'last-chunk' : 'chunk';
    return true;
  }

  #finish() {
    this.#state = 'done';
    this.#on.end();
    return false;
  }
}
