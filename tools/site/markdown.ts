// SPDX-License-Identifier: Apache-2.0
// Markdown of doc comments and recipes as HTML; formulas are typeset, code is coloured, both here and not in the page.

import MarkdownIt from 'markdown-it';
import { escape, raw, type Html } from './html.js';
import { typeset } from './typeset.js';

const keywords =
  'import|from|export|const|let|await|async|new|for|of|if|else|return|function|class|extends|static|get|true|false|null|undefined|this|throw|try|finally|override|readonly|type|interface|as';
const tokens = new RegExp(
  String.raw`(?<comment>\/\*[^]*?\*\/|\/\/[^\n]*|^\s*#[^\n]*)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|${'`'}(?:[^${'`'}\\]|\\.)*${'`'})|(?<keyword>\b(?:${keywords})\b)|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e-?\d+)?\b)`,
  'gm',
);

/** Code with its words in colour. */
export function highlight(code: string): string {
  let [from, text] = [0, ''];
  for (const { 0: word, index, groups } of code.matchAll(tokens)) {
    const kind = Object.entries(groups!).find(([, found]) => found !== undefined)![0];
    text += `${escape(code.slice(from, index))}<span class="${kind}">${escape(word)}</span>`;
    from = index + word.length;
  }
  return text + escape(code.slice(from));
}

/** A block of code, with room for the button that copies it. */
export function codeBlock(code: string, language = 'ts'): Html {
  return raw(
    `<div class="code" data-language="${language}"><pre tabindex="0"><code>${highlight(code.trimEnd())}</code></pre></div>`,
  );
}

const markdown = new MarkdownIt({ html: false, linkify: false });
markdown.renderer.rules['fence'] = (list, i) => {
  const { info, content } = list[i]!;
  return info === 'text' ? typeset(content).text : codeBlock(content, info || 'ts').text;
};
markdown.renderer.rules['table_open'] = () => '<div class="scroll" tabindex="0"><table>';
markdown.renderer.rules['table_close'] = () => '</table></div>';

export function fromMarkdown(text: string): Html {
  return raw(markdown.render(text));
}

/** Without a paragraph around it. */
export function inline(text: string): Html {
  return raw(markdown.renderInline(text));
}
