/* What the tests of several packages need; not published. */
export * as does from '../weights/load/testing/answers.ts';
export { type HostileServer, hostileServer } from '../weights/load/testing/hostile-server.ts';
export { measureDownload } from './measure-download.ts';
export { watchedSource } from './watched-source.ts';
