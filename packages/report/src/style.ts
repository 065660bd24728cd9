/** The look of plots and tables, in a report and in other pages, which give the colours: --ink, --soft, --paper, --rule, --bad, --s0 to --s5, --p0 to --p3. */
export const plotStyle = `figure { margin: 1.25rem 0 .25rem; } figcaption { font-weight: 600; margin-bottom: .35rem; }
svg { width: 100%; height: auto; display: block; overflow: visible; } svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .tick { fill: var(--soft); font-size: 12px; } svg .strong { font-weight: 600; } svg .inside { fill: #fff; font-size: 12px; font-weight: 600; }
.grid { stroke: var(--rule); stroke-width: 1; } .budget { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 4; } svg .budget-label { fill: var(--bad); font-size: 12px; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
.p0 { --c: var(--p0); } .p1 { --c: var(--p1); } .p2 { --c: var(--p2); } .p3 { --c: var(--p3); }
.mark { fill: var(--c); stroke: var(--c); stroke-width: 1.5; } .hollow { fill: var(--paper); } .over { stroke: var(--bad); stroke-width: 3; }
.bar { fill: var(--c); } .edge { stroke: var(--paper); stroke-width: 1; } .thin { stroke: var(--c); stroke-width: 1.5; } .whisker { stroke: var(--c); stroke-width: 6; opacity: .55; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; font-size: .88rem; margin: .1rem 0 .4rem; } .series i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; background: var(--c); margin-right: .4em; }
details { margin: .25rem 0 1.25rem; font-size: .85rem; color: var(--soft); } summary { cursor: pointer; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; } table { font-size: .88rem; } thead th { color: var(--soft); font-weight: 500; } tbody th { font-weight: 600; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; font-variant-numeric: tabular-nums; }
.failures td { white-space: normal; color: var(--ink); vertical-align: top; } .causes { font-size: 1rem; }
.maps { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; } .maps figure { margin: .25rem 0; width: 352px; max-width: 100%; } .maps figcaption { font-weight: 400; }
.cell { stroke: var(--paper); stroke-width: .6; } .e0 { fill: var(--rule); } .e1 { fill: #9ec9b0; } .e2 { fill: #f3c969; } .e3 { fill: #ec8b45; } .e4 { fill: #d0402f; } .e5 { fill: #7a1020; }
`;

/** The look of a report: no fonts or images from elsewhere, light and dark, prints on white. */
export const style = `
:root { color-scheme: light dark; --ink: #1a202c; --soft: #5a6678; --paper: #ffffff; --panel: #f6f8fb; --rule: #dde3ec; --good: #1f7a4d; --bad: #c0322b;
  --s0: #2563c9; --s1: #d9730d; --s2: #23875b; --s3: #8a4fc7; --s4: #c2317c; --s5: #5d6b7e;
  --p0: #35718f; --p1: #6a4c93; --p2: #3f9c7a; --p3: #d3b92f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf3; --soft: #9aa7b9; --paper: #12161d; --panel: #1a202a; --rule: #2c3544; --good: #5bc28d; --bad: #ff7b72;
  --s0: #6aa5ff; --s1: #f0a04b; --s2: #5bc28d; --s3: #bb8cf0; --s4: #f07ab5; --s5: #9aa7b9; } }
@media print { :root { color-scheme: light; } details { display: none; } figure { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.02em; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; } h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
p { margin: .5rem 0; } .lead, .note { color: var(--soft); } .note { font-size: .85rem; margin: 0 0 .5rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: .9rem; margin: 1.5rem 0; }
.card { background: var(--panel); border: 1px solid var(--rule); border-left: 4px solid var(--good); border-radius: 8px; padding: .8rem 1rem; }
.card.failed { border-left-color: var(--bad); } .card h3 { margin: 0; font-size: 1.05rem; } .card p { font-size: .92rem; }
.verdict { font-weight: 600; color: var(--good); } .failed .verdict { color: var(--bad); }
ul { padding-left: 1.2rem; margin: .3rem 0; } li { margin: .2rem 0; } .card details { margin: .4rem 0 0; }
${plotStyle}`;
