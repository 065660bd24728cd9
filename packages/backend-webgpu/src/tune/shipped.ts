import { tile } from '../plan/choices.ts';
import type { Tuning } from './tuning.ts';

/** SwiftShader on two processors: torchvision's and BVLC's convolutions, one image. Linear layers are as usual. */
const swiftShader: Tuning['convolutions'] = [
  { size: { pixels: 3025, groupOut: 16, groups: 1, depth: 121 }, choice: tile(16, 4) },
  { size: { pixels: 729, groupOut: 48, groups: 1, depth: 400 }, choice: tile(16, 4) },
  { size: { pixels: 169, groupOut: 96, groups: 1, depth: 432 }, choice: tile(16, 4) },
  { size: { pixels: 169, groupOut: 64, groups: 1, depth: 864 }, choice: tile(16, 4) },
  { size: { pixels: 169, groupOut: 64, groups: 1, depth: 576 }, choice: tile(16, 4) },
  { size: { pixels: 3025, groupOut: 24, groups: 1, depth: 121 }, choice: tile(16, 2) },
  { size: { pixels: 729, groupOut: 32, groups: 2, depth: 300 }, choice: tile(16, 4) },
  { size: { pixels: 169, groupOut: 96, groups: 1, depth: 576 }, choice: tile(16, 4) },
  { size: { pixels: 169, groupOut: 48, groups: 2, depth: 432 }, choice: tile(16, 2) },
  { size: { pixels: 169, groupOut: 32, groups: 2, depth: 432 }, choice: tile(16, 4) },
];

/** Tunings that come with the package, by what the adapter calls itself. */
export const shipped: readonly Tuning[] = [
  { version: 1, adapter: 'google swiftshader', convolutions: swiftShader, linears: [] },
];
