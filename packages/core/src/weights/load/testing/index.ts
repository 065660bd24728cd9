/* A server that does what servers do wrong, for the tests of packages in this repository; not published. */
export * as does from './answers.ts';
export { type HostileServer, hostileServer } from './hostile-server.ts';
