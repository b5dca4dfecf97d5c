// SPDX-License-Identifier: Apache-2.0

import { byId, element, root } from './dom.js';
import { advise, codeOf, questions, type Answers } from './which-one/advice.js';

const form = byId<HTMLFormElement>('questions');

/** What was recorded of each class, as the page has it. */
const measured = JSON.parse(byId('measured').textContent!) as Readonly<Record<string, string>>;

function update(): void {
  const given = new FormData(form);
  const answers = Object.fromEntries(
    questions.map(({ name }) => [name, String(given.get(name))]),
  ) as unknown as Answers;
  const advice = advise(answers);
  const reasons = [...advice.reasons, measured[advice.name] ?? ''].filter(Boolean);
  byId('name').replaceChildren(
    element('a', { href: `${root}optimizers/${advice.name}/index.html` }, advice.name),
  );
  byId('reasons').replaceChildren(...reasons.map((reason) => element('li', {}, reason.replaceAll('`', ''))));
  byId('install').textContent = `npm install ${[advice.from, ...Object.keys(advice.imports)].join(' ')}`;
  byId('code').textContent = codeOf(advice);
}

form.addEventListener('change', update);
update();
