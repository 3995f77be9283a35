/** The part of node-zookeeper-client (which ships no types) that leader detection uses. */
declare module 'node-zookeeper-client' {
  interface ZooKeeperEvent {
    readonly name: string;
    readonly path?: string;
  }
  interface ZooKeeperError extends Error {
    readonly code?: number;
  }
  interface ZooKeeperClient {
    connect(): void;
    close(): void;
    addAuthInfo(scheme: string, auth: Buffer): void;
    exists(
      path: string,
      watcher: (event: ZooKeeperEvent) => void,
      callback: (error: ZooKeeperError | null, stat: unknown) => void,
    ): void;
    getChildren(
      path: string,
      watcher: (event: ZooKeeperEvent) => void,
      callback: (error: ZooKeeperError | null, children: string[] | undefined) => void,
    ): void;
    getData(path: string, callback: (error: ZooKeeperError | null, data: Buffer | undefined) => void): void;
    on(event: 'connected' | 'disconnected' | 'expired' | 'authenticationFailed', listener: () => void): this;
    removeAllListeners(): this;
  }
  export function createClient(
    connectionString: string,
    options?: { sessionTimeout?: number; spinDelay?: number; retries?: number },
  ): ZooKeeperClient;
  export const Exception: { readonly NO_NODE: number };
}
