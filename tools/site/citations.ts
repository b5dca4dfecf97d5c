// SPDX-License-Identifier: Apache-2.0
// How to cite a paper, from the lines at the head of the source that was written from it.

export interface Citation {
  readonly authors: string;
  readonly title: string;
  /** `arXiv:2010.07468`, or the address. */
  readonly paper: string;
}

/** The comment at the head of a file, as one line. */
function headOf(source: string): string {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2).trim())
    .filter((line) => !line.startsWith('SPDX-'))
    .join(' ');
}

/** The citation of a paper; `undefined` where no head names it with its title. */
export function citationOf(address: string, sources: readonly string[]): Citation | undefined {
  const paper = address.replace(/^https:\/\/arxiv\.org\/abs\//, 'arXiv:');
  for (const head of sources.map(headOf)) {
    for (const [, authors, title, rest] of head.matchAll(/([^";]+), "([^"]+)",([^;]*)/g)) {
      // What is not on arXiv is named by where it appeared, not by its address.
      if (!rest!.includes(paper) && (rest!.includes('arXiv') || paper.startsWith('arXiv'))) continue;
      const names = authors!.replace(/^.*(?:Checked against[^.]*\.|:)\s*/, '').trim();
      return { authors: names, title: title!, paper };
    }
  }
  return undefined;
}

/** An entry of a BibTeX file. */
export function bibtex({ authors, title, paper }: Citation): string {
  const names = authors.replace(/ et al\.?$/, ' and others').replaceAll(/, (?:and )?/g, ' and ');
  const id = /^arXiv:((\d\d)\d\d\.\d+)/.exec(paper);
  const key = `${names.split(/\W/)[0]!.toLowerCase()}${id ? `20${id[2]}` : ''}`;
  const where = id
    ? `  eprint = {${id[1]}},\n  archivePrefix = {arXiv},\n  year = {20${id[2]}}`
    : `  howpublished = {\\url{${paper}}}`;
  return `@misc{${key},\n  author = {${names}},\n  title = {{${title}}},\n${where}\n}`;
}
