import { adviceOf, type Survey } from '@alexnet/benchmark';
import { budgetPlot, endToEndTable, failures, latencyPlot, layersPlot, networksOf, phasesPlot } from '@alexnet/report';
import { useEffect, useRef } from 'preact/hooks';
import { Environment } from '../../app/Environment.tsx';
import { Markup } from '../../app/parts/Markup.tsx';
import { conforms } from '../run/outcome.ts';
import { BackendTable } from './BackendTable.tsx';
import { putPlotStyle } from './plot-style.ts';
import { usePlotWidth } from './plot-width.ts';
import { SaveLink } from './SaveLink.tsx';
import { Verdict } from './Verdict.tsx';

export interface ResultProps {
  readonly survey: Survey;
  /** The name of the file that it comes from; absent: it was measured just now. */
  readonly file?: string;
}

/** All that was found, the verdict first. */
export function Result({ survey, file }: ResultProps) {
  const width = usePlotWidth();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    putPlotStyle();
    heading.current?.focus();
  }, []);
  const { benchmark, conformance, environment, date } = survey;
  const timed = [...new Set(benchmark.measurements.map(({ variant }) => variant))];
  const failed = conformance.filter((report) => !conforms(report));
  return (
    <article class="result" aria-labelledby="result-title">
      <h3 id="result-title" ref={heading} tabIndex={-1}>
        {file === undefined ? 'The verdict' : `The verdict of ${file}`}
      </h3>
      <Verdict survey={survey} advice={adviceOf({ conformance, benchmark })} />
      <BackendTable survey={survey} />
      <p class="note">
        In brackets: 95 % confidence interval. To the first result: starting the engine, compiling, one run. Downloads:
        the engine as the server sent it.
      </p>
      <p class="actions">
        <SaveLink survey={survey} />
        <span class="note">
          Measured {new Date(date).toLocaleString()}
          {environment['Browser'] === undefined ? '' : ` in ${environment['Browser']}`}.
        </span>
      </p>

      {timed.length === 0 ? null : <h4>How long one image takes</h4>}
      {timed.map((variant) => (
        <div key={variant}>
          <Markup of={latencyPlot(variant, benchmark.measurements, width)} />
          <Markup of={phasesPlot(variant, benchmark.measurements, width)} />
        </div>
      ))}

      {timed.length === 0 ? null : <h4>Time per layer</h4>}
      {timed.length === 0 || (benchmark.layers ?? []).length > 0 ? null : (
        <p class="note">None of these backends times its layers: only WebGPU lets it, and ours makes use of it.</p>
      )}
      {timed.map((variant) => (
        <Markup key={variant} of={layersPlot(variant, benchmark, width)} />
      ))}

      <h4>Error against budget, layer by layer</h4>
      <p class="note">
        Every layer gets the exact previous layer as input, so no layer hides in another. The error of each element is
        divided by the error that a correct float32 kernel may make there.
      </p>
      {networksOf(conformance).map((variant) => (
        <Markup key={variant} of={budgetPlot(variant, conformance, width)} />
      ))}
      <Markup of={endToEndTable(conformance)} />
      {failed.map((report) => (
        <Markup key={report.backend.id} of={failures(report)} />
      ))}

      <h4>Where it was measured</h4>
      <Environment facts={environment} />
      {benchmark.warnings.map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
    </article>
  );
}
