// SPDX-License-Identifier: Apache-2.0
// The page of a class.

import type { Deviation } from '../../results.js';
import { literal } from '../../sync/text.js';
import type { Catalogue, ClassEntry } from '../catalogue.js';
import { bibtex } from '../citations.js';
import { html, raw, type Html } from '../html.js';
import { codeBlock, fromMarkdown, inline } from '../markdown.js';
import type { Page } from '../page.js';
import { typeset } from '../typeset.js';
import { bytesOf, familyTitles, licenceBadge } from './common.js';
import { speedRows } from './speed.js';

const needTexts: Readonly<Record<string, string>> = {
  loss: 'the value of the loss',
  gradient: 'a gradient of at least one variable',
  closure: 'the loss itself, to evaluate it again',
  hessian: 'the diagonal of the Hessian, which minimize estimates',
  samples: 'a model to draw labels from',
};

function paperLink(paper: string): Html {
  const id = /^(?:arXiv:|https:\/\/arxiv\.org\/abs\/)(.+)/.exec(paper)?.[1];
  return id
    ? html`<a href="https://arxiv.org/abs/${id}">arXiv:${id}</a>`
    : html`<a href="${paper}">${paper.replace(/^https?:\/\//, '')}</a>`;
}

function optionTable({ description: { options } }: ClassEntry): Html {
  const rows = options.map(
    ({ name, range, meaning, schedulable, ...option }) =>
      html`<tr>
        <th scope="row"><code>${name}</code></th>
        <td class="number">
          ${'default' in option ? html`<code>${literal(option.default)}</code>` : 'required'}
        </td>
        <td>${range.replace(/^in /, '')}${schedulable ? ', or a schedule' : ''}</td>
        <td>${inline(meaning)}</td>
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Options">
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">Option</th>
          <th scope="col" class="number">Default</th>
          <th scope="col">Range</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** How the class is made: as its own example makes it. */
const makingOf = ({ doc, description: { name } }: ClassEntry): string =>
  new RegExp(String.raw`new ${name}\([^]*?\)+(?=[,;\n ])`).exec(doc.example ?? '')?.[0] ?? `new ${name}()`;

function snippets(entry: ClassEntry): Html {
  const { name, package: from, wraps, install } = entry.description;
  const example = /```ts\n([^]*?)```/.exec(entry.doc.example ?? '')?.[1] ?? '';
  const imports = example
    .split('\n')
    .filter((line) => line.startsWith('import'))
    .join('\n');
  const loop = `${imports}\n\nconst optimizer = ${makingOf(entry)};\n\nfor (const { x, y } of batches)\n  optimizer.minimize(() => tf.losses.meanSquaredError(y, model.predict(x)));`;
  const byName = `import { createOptimizer } from '@optim/all';\n\nconst optimizer = createOptimizer(${wraps ? `{ name: 'adamw', wrap: [{ name: '${name.toLowerCase()}' }] }` : `'${name.toLowerCase()}'`});`;
  return html`<h3>In <code>fit</code></h3>
    ${codeBlock(`npm install ${from}`, 'sh')}${codeBlock(example)}
    <h3>In a loop of your own</h3>
    ${codeBlock(loop)}
    ${
      install === null
        ? html`<h3>By name</h3>
            ${codeBlock(byName)}`
        : ''
    }`;
}

function facts(entry: ClassEntry): Html {
  const {
    description: { package: from, needs },
    results: { training },
    version,
  } = entry;
  const list: [string, Html | string][] = [
    ['Keeps, bytes a parameter', String(Number(bytesOf(entry).toPrecision(3)))],
    ...(training
      ? ([
          ['Test accuracy in its trial', `${(100 * training.accuracy).toFixed(1)} %`],
          ['Training loss there', `${training.firstLoss} → ${training.lastLoss}`],
          ['Kernels of a step there', String(training.kernels)],
        ] satisfies [string, string][])
      : []),
    ['Package', html`<code>${from}</code>`],
    ['Version', version === '0.0.0' ? 'not yet released' : version],
  ];
  return html`<dl class="facts">
      ${list.map(([name, value]) => html`<div><dt>${name}</dt><dd${typeof value === 'string' ? '' : raw(' style="font-size:0.95rem"')}>${value}</dd></div>`)}
    </dl>
    ${needs.length > 0 ? html`<p><strong>A step needs</strong> ${needs.map((need) => needTexts[need]).join(', ')}.</p>` : ''}${training ? html`<p>The trial: 10 epochs on 4,000 digits, one hidden layer, settings for a first try. It shows that the class trains; it is no comparison.</p>` : ''}`;
}

const executorTexts: Readonly<Record<string, string>> = { ops: 'plain ops' };

/** How far it strays from its references, as `npm run deviations` recorded it. */
function deviationRows(deviations: Readonly<Record<string, Deviation>>): Html {
  const known = ['cpu', 'wasm', 'webgl', 'webgpu', 'ops'].filter((executor) => executor in deviations);
  const rows = known.map((executor) => {
    const { largest, case: name, tolerance } = deviations[executor]!;
    return html`<tr>
      <th scope="row" class="name">${executorTexts[executor] ?? executor}</th>
      <td class="number">${largest.toExponential(1)}</td>
      <td class="number">${tolerance.toExponential(1)}</td>
      <td class="name">${name}</td>
    </tr>`;
  });
  return html`<p>
      The largest deviation from these numbers, recorded over all cases: |got − want| over |want| + 0.001.
      They were computed in float64, and it steps in float32. A test allows eight times what the reference
      itself strays in float32, and at least 1e-4. Plain ops run where there are no kernels.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Largest deviations">
      <table>
        <thead>
          <tr>
            <th scope="col">Runs on</th>
            <th scope="col" class="number">Deviation</th>
            <th scope="col" class="number">Allowed</th>
            <th scope="col">Case</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

function page(entry: ClassEntry, movable: ReadonlySet<string>): Page {
  const { description, doc, origins, citation, changelog, results } = entry;
  const { name, summary, family, licence, paper, officialCode } = description;
  const [, afterSummary = ''] = /^[^]*?(?:\n\n|$)([^]*)$/.exec(doc.text) ?? [];
  const code = /^```text\n([^]*?)```\n*/m.exec(afterSummary);
  const prose = code ? afterSummary.replace(code[0], '') : afterSummary;
  const isKin = family === 'adam' && name !== 'Adam';
  const body = html`<p>
      <a href="../index.html">Optimizers</a> / <a href="../index.html#${family}">${familyTitles[family]}</a>
    </p>
    <h1>${name}</h1>
    <p class="lead">${inline(summary)}</p>
    <p>
      ${licenceBadge(licence)}
      <a
        class="badge"
        href="../../api/classes/${description.package.replace('@', '_').replaceAll(/[/-]/g, '_')}.${name}.html"
        >API</a
      >
    </p>
    ${facts(entry)}
    <div class="beside">
      <div>
        ${
          code
            ? html`<h2>The step</h2>
                ${typeset(code[1]!, { marksDifferences: isKin })}
                <p>t is 1 in the first step; what is kept starts at zero, unless the text says otherwise.</p>`
            : ''
        }
        ${fromMarkdown(prose)}
      </div>
      ${
        movable.has(name)
          ? html`<aside>
              <h2>How it moves</h2>
              <div class="landscape" id="picture" data-name="${name}"></div>
              <p>
                ${name === 'AdamW' ? html`${name} in Rosenbrock’s valley.` : html`${name} (line with circles) and AdamW (dashes with squares) in Rosenbrock’s valley.`}
                <a id="larger" href="../../landscape/index.html">Larger, with every option</a>
              </p>
            </aside>`
          : html`<aside></aside>`
      }
    </div>
    <h2 id="options">Options</h2>
    ${optionTable(entry)}
    <h2>Code</h2>
    ${snippets(entry)}
    ${
      results.speed
        ? html`<h2>Speed, as recorded</h2>
            ${speedRows(results.speed)}`
        : ''
    }
    <h2>Where it comes from</h2>
    <ul>
      <li>
        Paper:
        ${paper ? paperLink(paper) : 'none named'}${citation ? html`: ${citation.authors}, “${citation.title}”` : ''}.
      </li>
      <li>
        ${officialCode ? html`The authors’ code: <a href="${officialCode.url}">${officialCode.url.replace('https://', '')}</a> (${officialCode.licence === 'NONE' ? 'no licence stated' : officialCode.licence}).` : 'There is no code of the authors’.'}
        This class is written from the paper and published formulas.
      </li>
      ${origins.map((origin) => html`<li>Tests compare it, step by step, with numbers from ${origin}.</li>`)}
    </ul>
    ${results.deviations ? deviationRows(results.deviations) : ''}
    ${
      citation
        ? html`<h3>To cite</h3>
            ${codeBlock(bibtex(citation), 'bibtex')}`
        : ''
    }
    <h2>Changes</h2>
    ${changelog ? fromMarkdown(changelog) : html`<p>Its first release is still to come.</p>`}`;
  return {
    path: `optimizers/${name}/`,
    title: `${name} · @optim`,
    description: summary,
    body,
    ...(movable.has(name) ? { script: 'optimizer' } : {}),
  };
}

export function optimizerPages({ classes, controls }: Catalogue): Page[] {
  const movable = new Set(controls.map(({ name }) => name));
  return classes.map((entry) => page(entry, movable));
}
