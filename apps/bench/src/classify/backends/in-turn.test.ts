import { describe, expect, it } from 'vitest';
import { createTurns } from './in-turn.ts';

describe('tasks in turn', () => {
  it('run one after the other, also after one that fails', async () => {
    const inTurn = createTurns();
    const seen: string[] = [];
    const task = (name: string, ms: number) =>
      inTurn(async () => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        seen.push(`${name} ends`);
        if (name === 'a') throw new Error('a fails');
        return name;
      });
    const first = task('a', 5);
    const second = task('b', 0);
    await expect(first).rejects.toThrow('a fails');
    expect(await second).toBe('b');
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
