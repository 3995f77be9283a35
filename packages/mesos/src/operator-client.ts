import { silentLogger, type Logger } from '@kubernetes-mesos/component-base';
import {
  isMediaType,
  JSON_MEDIA_TYPE,
  masterCallCodec,
  masterEventCodec,
  masterResponseCodec,
  type MediaType,
} from './codec';
import { CallRejectedError, MasterUnavailableError } from './errors';
import { ApiConnection, isStream, type ApiAnswer } from './http/connection';
import type { Credentials } from './http/credentials';
import { MAX_REDIRECTS, redirectTarget } from './http/redirect';
import { agentsOfState } from './legacy-agents';
import type { MasterDetector } from './master-detector';
import type {
  MasterCall,
  MasterEvent,
  MasterResponse,
  MasterResponseGetAgents,
  MasterResponseGetExecutors,
  MasterResponseGetMaster,
  MasterResponseGetState,
} from './messages';
import { readRecords, streamEndReason } from './recordio';

export interface OperatorClientOptions {
  /** Not closed by the client. */
  readonly detector: MasterDetector;
  readonly credentials?: Credentials;
  /** Default JSON. */
  readonly mediaType?: MediaType;
  /** Longest wait for an answer, ms. Default 20 s. */
  readonly timeoutMs?: number;
  readonly logger?: Logger;
}

/** The master's operator API (`POST /api/v1`), always at the leader. */
export interface OperatorClient {
  /**
   * Any call that is not SUBSCRIBE. `undefined` when the answer has no body.
   * @throws MasterUnavailableError, CallRejectedError
   */
  call(call: MasterCall): Promise<MasterResponse | undefined>;
  getState(): Promise<MasterResponseGetState>;
  /** From `/slaves` or `/state` where the call is refused: then without what only the call tells. */
  getAgents(): Promise<MasterResponseGetAgents>;
  getExecutors(): Promise<MasterResponseGetExecutors>;
  getMaster(): Promise<MasterResponseGetMaster>;
  /** The cluster's state, then its changes, until `signal` aborts or the stream breaks. No resume: start anew. */
  subscribe(options: { readonly signal: AbortSignal }): AsyncIterable<MasterEvent>;
  close(): Promise<void>;
}

const API_PATH = '/api/v1';
const DEFAULT_TIMEOUT_MS = 20_000;

export function createOperatorClient(options: OperatorClientOptions): OperatorClient {
  return new HttpOperatorClient(options);
}

class HttpOperatorClient implements OperatorClient {
  readonly #options: OperatorClientOptions;
  readonly #mediaType: MediaType;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  /** To the leader as last seen. */
  #connection: { readonly master: string; readonly api: ApiConnection } | undefined;

  constructor(options: OperatorClientOptions) {
    this.#options = options;
    this.#mediaType = options.mediaType ?? JSON_MEDIA_TYPE;
    this.#logger = options.logger ?? silentLogger;
  }

  async call(call: MasterCall): Promise<MasterResponse | undefined> {
    // Only what reads may be sent twice.
    const order = call.type?.startsWith('GET_') === true ? 'any' : 'ordered';
    const answer = await this.#atLeader(call.type ?? 'UNKNOWN', (api, signal) =>
      api.call({ body: this.#encode(call), contentType: this.#mediaType, accept: this.#mediaType, signal }, order),
    );
    if (answer.status !== 200 && answer.status !== 202) {
      throw new CallRejectedError(call.type ?? 'UNKNOWN', answer.status, answer.text);
    }
    return answer.bytes.length === 0 ? undefined : masterResponseCodec.decode(answer.bytes, this.#mediaType);
  }

  async getState(): Promise<MasterResponseGetState> {
    return (await this.call({ type: 'GET_STATE' }))?.get_state ?? {};
  }
  async getAgents(): Promise<MasterResponseGetAgents> {
    try {
      return (await this.call({ type: 'GET_AGENTS' }))?.get_agents ?? {};
    } catch (error) {
      if (!(error instanceof CallRejectedError)) throw error;
      const agents = await this.#agentsByGet();
      if (agents === undefined) throw error;
      return agents;
    }
  }
  /**
   * What masters that keep the API for others (another realm, another account) may still show: `undefined` when they
   * refuse that too. `/state` costs a large cluster seconds of its master: only where `/slaves` is not to be had.
   */
  async #agentsByGet(): Promise<MasterResponseGetAgents | undefined> {
    for (const path of ['/slaves', '/state']) {
      const answer = await this.#atLeader(`GET ${path}`, (api, signal) => api.get(path, signal));
      if (answer.status === 200) return agentsOfState(parseJson(answer.bytes));
    }
    return undefined;
  }

  async getExecutors(): Promise<MasterResponseGetExecutors> {
    return (await this.call({ type: 'GET_EXECUTORS' }))?.get_executors ?? {};
  }
  async getMaster(): Promise<MasterResponseGetMaster> {
    return (await this.call({ type: 'GET_MASTER' }))?.get_master ?? {};
  }

  async *subscribe(options: { readonly signal: AbortSignal }): AsyncGenerator<MasterEvent, void, undefined> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    let master = await this.#options.detector.current({ signal });
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const origin = `http://${master}`;
      const api = new ApiConnection({ origin, path: API_PATH }, this.#options.credentials);
      try {
        const result = await api.subscribe({
          body: this.#encode({ type: 'SUBSCRIBE' }),
          contentType: this.#mediaType,
          accept: this.#mediaType,
          signal,
        });
        if (isStream(result)) {
          const mediaType = isMediaType(result.contentType) ? result.contentType : this.#mediaType;
          for await (const records of readRecords(result.body)) {
            for (const record of records) if (record.length > 0) yield masterEventCodec.decode(record, mediaType);
          }
          return;
        }
        if (result.status !== 307) throw new CallRejectedError('SUBSCRIBE', result.status, result.text);
        master = redirectTarget(result.location, origin) ?? master;
      } catch (error) {
        if (error instanceof CallRejectedError) throw error;
        if (signal.aborted) return;
        throw new MasterUnavailableError(`SUBSCRIBE: ${streamEndReason(error)}`, { cause: error });
      } finally {
        await api.close();
      }
    }
    throw new MasterUnavailableError(`SUBSCRIBE: more than ${MAX_REDIRECTS} redirects`);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the operator client was closed'));
    await this.#connection?.api.close();
    this.#connection = undefined;
  }

  /** Runs a call at the leader; another leader is looked for once when the one known does not answer. */
  async #atLeader(
    call: string,
    run: (api: ApiConnection, signal: AbortSignal) => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = AbortSignal.any([timeout, this.#closing.signal]);
    try {
      let master = this.#connection?.master ?? (await this.#options.detector.current({ signal }));
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const answer = await run(await this.#connectTo(master), signal);
        if (answer.status !== 307) return answer;
        const target = redirectTarget(answer.location, `http://${master}`);
        if (target === undefined) return answer;
        this.#logger.debug('redirected to the leading master', { from: master, master: target });
        master = target;
      }
    } catch (error) {
      await this.#connection?.api.close();
      this.#connection = undefined;
      throw new MasterUnavailableError(`${call}: no Mesos master answers: ${streamEndReason(error)}`, {
        cause: error,
      });
    }
    throw new MasterUnavailableError(`${call}: more than ${MAX_REDIRECTS} redirects`);
  }

  async #connectTo(master: string): Promise<ApiConnection> {
    if (this.#connection?.master === master) return this.#connection.api;
    await this.#connection?.api.close();
    const api = new ApiConnection({ origin: `http://${master}`, path: API_PATH }, this.#options.credentials);
    this.#connection = { master, api };
    return api;
  }

  #encode(call: MasterCall): Buffer {
    return masterCallCodec.encode(call, this.#mediaType);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
