export { type Facts, type ReportContent, renderReport } from './render.ts';
