import type { Survey } from '@alexnet/benchmark';
import { backendRows } from './backend-rows.ts';

/** All backends in numbers; on a small screen a card for each. */
export function BackendTable({ survey }: { readonly survey: Survey }) {
  const rows = backendRows(survey);
  const [first] = rows;
  if (first === undefined) return null;
  return (
    <table class="cards">
      <caption class="unseen">Backends in numbers, fastest first</caption>
      <thead>
        <tr>
          <th scope="col">Backend</th>
          {first.cells.map(({ head }) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, conforms, cells }) => (
          <tr key={id} class={conforms ? 'passed' : 'failed'}>
            <th scope="row">{id}</th>
            {cells.map(({ head, text }) => (
              <td key={head} data-head={head}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
