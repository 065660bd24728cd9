import { type GradientCase, gradientCase } from './case.ts';
import { derivedRows } from './derived.ts';
import { ownRows } from './own.ts';

/** The gradients of every row of the op database, and rows that gradients alone need. */
export const gradientCases: readonly GradientCase[] = [...derivedRows, ...ownRows].map(gradientCase);
