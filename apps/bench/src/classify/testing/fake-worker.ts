import type { Answered, Asked } from '../link/link.ts';

/** A worker that answers when it is told to. */
export class FakeWorker extends EventTarget {
  /** All that were started. */
  static started: FakeWorker[] = [];
  readonly asked: Asked[] = [];
  terminated = false;

  constructor() {
    super();
    FakeWorker.started.push(this);
  }

  postMessage(message: Asked): void {
    this.asked.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(data: Answered): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}
