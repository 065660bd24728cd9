export { failures } from './failures.ts';
export { type Html, html } from './html.ts';
export { budgetPlot, networksOf } from './plots/budget.ts';
export { latencyPlot } from './plots/latency.ts';
export { layersPlot } from './plots/layers.ts';
export { phasesPlot } from './plots/phases.ts';
export { type Facts, type ReportContent, renderReport } from './render.ts';
export { plotStyle } from './style.ts';
export { endToEndTable } from './tables.ts';
