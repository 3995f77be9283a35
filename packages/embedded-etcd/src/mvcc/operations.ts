import type { etcdserverpb } from '@kubernetes-mesos/protos';
import { errors } from '../errors';
import { toBuffer, toText, type KeyText } from '../wire/bytes';
import { NO_LEASE, toId, toNumber } from '../wire/int64';
import {
  deleteRangeResponse,
  innerHeader,
  putResponse,
  rangeResponse,
  txnResponse,
  type ResponseOpField,
} from '../wire/responses';
import { passes } from './compare';
import { keyRange } from './key-range';
import { answerRange } from './range-query';
import { isSet } from './request-check';
import type { Change, Mutation, Store } from './store';

/** What writing needs to know of leases. */
export interface LeaseBook {
  has(id: string): boolean;
  attach(key: KeyText, from: string, to: string): void;
}

/** An encoded response whose header still depends on the outcome, and what was changed. */
export interface Outcome {
  readonly changes: readonly Change[];
  /** Encodes the response around its header. */
  readonly respond: (header: Buffer) => Buffer;
}

/** What etcd puts into the responses of nested transactions. */
const NO_HEADER = Buffer.alloc(0);

/** Performs checked requests on the store. Everything that can be refused is, before anything is changed. */
export class Operations {
  readonly #store: Store;
  readonly #leases: LeaseBook;

  constructor(store: Store, leases: LeaseBook) {
    this.#store = store;
    this.#leases = leases;
  }

  put(request: etcdserverpb.IPutRequest): Outcome {
    this.#checkLease(request);
    this.#checkKept(request);
    const mutation = this.#store.mutate();
    const previous = this.#put(mutation, request);
    return { changes: mutation.changes, respond: (header) => putResponse(header, previous) };
  }

  deleteRange(request: etcdserverpb.IDeleteRangeRequest): Outcome {
    const mutation = this.#store.mutate();
    const previous = this.#delete(mutation, request);
    const shown = request.prev_kv === true ? previous : [];
    return { changes: mutation.changes, respond: (header) => deleteRangeResponse(header, previous.length, shown) };
  }

  txn(request: etcdserverpb.ITxnRequest): Outcome {
    const plan = this.#plan(request);
    this.#checkPuts(plan);
    this.#checkRanges(plan);
    const mutation = this.#store.mutate();
    const responses = plan.steps.map((step) => this.#step(mutation, step));
    return { changes: mutation.changes, respond: (header) => txnResponse(header, plan.succeeded, responses) };
  }

  /** Deletes keys whose lease has ended. */
  deleteKeys(keys: readonly KeyText[]): readonly Change[] {
    const mutation = this.#store.mutate();
    for (const key of [...keys].sort()) mutation.delete({ from: key, to: `${key}\0`, single: true });
    return mutation.changes;
  }

  /** Decides every branch, nested ones too, on the state before the transaction. */
  #plan(request: etcdserverpb.ITxnRequest): Plan {
    const succeeded = (request.compare ?? []).every((compare) => passes(this.#store, compare));
    const steps = ((succeeded ? request.success : request.failure) ?? []).map((op): Step => {
      if (isSet(op.request_txn)) return { kind: 'txn', plan: this.#plan(op.request_txn) };
      if (isSet(op.request_put)) return { kind: 'put', request: op.request_put };
      if (isSet(op.request_delete_range)) return { kind: 'delete', request: op.request_delete_range };
      return { kind: 'range', request: op.request_range ?? {} };
    });
    return { succeeded, steps };
  }

  /** All puts of a transaction are checked before all its ranges, whatever their order (etcd's applyTxn). */
  #checkPuts(plan: Plan): void {
    for (const step of plan.steps) {
      if (step.kind === 'txn') this.#checkPuts(step.plan);
      if (step.kind !== 'put') continue;
      // In this order, unlike for a put on its own.
      this.#checkKept(step.request);
      this.#checkLease(step.request);
    }
  }

  #checkRanges(plan: Plan): void {
    for (const step of plan.steps) {
      if (step.kind === 'txn') this.#checkRanges(step.plan);
      if (step.kind === 'range') this.#store.checkRevision(toNumber(step.request.revision));
    }
  }

  #step(mutation: Mutation, step: Step): { readonly field: ResponseOpField; readonly bytes: Buffer } {
    switch (step.kind) {
      case 'range': {
        const { kvs, more, count } = answerRange(this.#store, step.request);
        return { field: 1, bytes: rangeResponse(innerHeader(this.#store.revision), kvs, more, count) };
      }
      case 'put': {
        const previous = this.#put(mutation, step.request);
        return { field: 2, bytes: putResponse(innerHeader(this.#store.revision), previous) };
      }
      case 'delete': {
        const previous = this.#delete(mutation, step.request);
        const shown = step.request.prev_kv === true ? previous : [];
        return { field: 3, bytes: deleteRangeResponse(innerHeader(this.#store.revision), previous.length, shown) };
      }
      case 'txn': {
        const responses = step.plan.steps.map((each) => this.#step(mutation, each));
        return { field: 4, bytes: txnResponse(NO_HEADER, step.plan.succeeded, responses) };
      }
    }
  }

  #checkLease(request: etcdserverpb.IPutRequest): void {
    const lease = toId(request.lease);
    if (lease !== NO_LEASE && !this.#leases.has(lease)) throw errors.leaseNotFound();
  }

  #checkKept(request: etcdserverpb.IPutRequest): void {
    const needsKey = request.ignore_value === true || request.ignore_lease === true;
    if (needsKey && this.#store.get(toText(request.key)) === undefined) throw errors.keyNotFound();
  }

  /** @returns the state before, when asked for */
  #put(mutation: Mutation, request: etcdserverpb.IPutRequest): Buffer | undefined {
    const key = toText(request.key);
    const current = this.#store.get(key);
    const value = request.ignore_value === true ? current?.value : request.value;
    const lease = request.ignore_lease === true ? (current?.lease ?? NO_LEASE) : toId(request.lease);
    const previous = mutation.put(key, toBuffer(value ?? Buffer.alloc(0)), lease);
    this.#leases.attach(key, previous?.lease ?? NO_LEASE, lease);
    return request.prev_kv === true ? previous?.raw : undefined;
  }

  /** @returns the states before */
  #delete(mutation: Mutation, request: etcdserverpb.IDeleteRangeRequest): Buffer[] {
    const deleted = mutation.delete(keyRange(request.key, request.range_end));
    for (const state of deleted) this.#leases.attach(state.key, state.lease, NO_LEASE);
    return deleted.map((state) => state.raw);
  }
}

type Step =
  | { readonly kind: 'range'; readonly request: etcdserverpb.IRangeRequest }
  | { readonly kind: 'put'; readonly request: etcdserverpb.IPutRequest }
  | { readonly kind: 'delete'; readonly request: etcdserverpb.IDeleteRangeRequest }
  | { readonly kind: 'txn'; readonly plan: Plan };

interface Plan {
  readonly succeeded: boolean;
  readonly steps: readonly Step[];
}
