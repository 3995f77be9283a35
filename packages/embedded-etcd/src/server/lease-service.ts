import { etcdserverpb } from '@kubernetes-mesos/protos';
import type { Engine } from '../engine';
import { fromText } from '../wire/bytes';
import { fromId, toId, toNumber } from '../wire/int64';
import { bidirectional, encoded, unary, type Method } from './service';

export function leaseService(engine: Engine): Method[] {
  const header = (): etcdserverpb.IResponseHeader => engine.headers.at(engine.hub.revision);
  return [
    unary('/etcdserverpb.Lease/LeaseGrant', etcdserverpb.LeaseGrantRequest, async (request) => {
      const { id, ttlSeconds } = await engine.grantLease(toId(request.ID), toNumber(request.TTL));
      return encoded(etcdserverpb.LeaseGrantResponse, { header: header(), ID: fromId(id), TTL: ttlSeconds });
    }),
    unary('/etcdserverpb.Lease/LeaseRevoke', etcdserverpb.LeaseRevokeRequest, async (request) => {
      await engine.revokeLease(toId(request.ID));
      return encoded(etcdserverpb.LeaseRevokeResponse, { header: header() });
    }),
    unary('/etcdserverpb.Lease/LeaseTimeToLive', etcdserverpb.LeaseTimeToLiveRequest, (request) =>
      encoded(etcdserverpb.LeaseTimeToLiveResponse, { header: header(), ...timeToLive(engine, request) }),
    ),
    unary('/etcdserverpb.Lease/LeaseLeases', etcdserverpb.LeaseLeasesRequest, () =>
      encoded(etcdserverpb.LeaseLeasesResponse, {
        header: header(),
        leases: engine.lessor.ids().map((id) => ({ ID: fromId(id) })),
      }),
    ),
    bidirectional('/etcdserverpb.Lease/LeaseKeepAlive', etcdserverpb.LeaseKeepAliveRequest, (call) => {
      call.on('data', ({ message }: { readonly message: etcdserverpb.LeaseKeepAliveRequest }) => {
        const id = toId(message.ID);
        const TTL = engine.lessor.keepAlive(id);
        call.write(encoded(etcdserverpb.LeaseKeepAliveResponse, { header: header(), ID: fromId(id), TTL }));
      });
      call.on('end', () => call.end());
      call.on('error', () => undefined);
    }),
  ];
}

function timeToLive(
  engine: Engine,
  request: etcdserverpb.LeaseTimeToLiveRequest,
): etcdserverpb.ILeaseTimeToLiveResponse {
  const id = toId(request.ID);
  const lease = engine.lessor.timeToLive(id);
  if (lease === undefined) return { ID: fromId(id), TTL: -1 };
  return {
    ID: fromId(id),
    TTL: lease.left,
    grantedTTL: lease.granted,
    keys: request.keys ? lease.keys.map(fromText) : [],
  };
}
