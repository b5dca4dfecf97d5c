// SPDX-License-Identifier: Apache-2.0
// Formulas as doc comments write them, as MathML.

import { escape } from './html.js';

const superscripts = new Map(
  [...'⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵏⁿʲⁱʳᵀ'].map((raised, i) => [raised, '0123456789+−tknjirT'[i]!] as const),
);
const subscripts = new Map(
  [...'₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₜ'].map((lowered, i) => [lowered, '0123456789ijknt'[i]!] as const),
);
const accents = new Map([
  ['\u0302', '^'],
  ['\u0304', '¯'],
  ['\u0303', '~'],
]);
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '⟨': '⟩', '|': '|', '‖': '‖' };

/** What stands between terms. */
const relations = '←=+−±,;:<>≤≥…∘~';

/** The text is no formula that could be typeset. */
export class NotMath extends Error {}

/** A factor, and whether it says where it ends, as brackets do. */
interface Factor {
  readonly text: string;
  /** Without its brackets, in a fraction. */
  readonly inner?: string;
  readonly isClosed: boolean;
}

const row = (...parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : `<mrow>${parts.join('')}</mrow>`;
const operator = (text: string): string => `<mo>${escape(text)}</mo>`;

class Parser {
  readonly #text: string;
  #at = 0;
  /** Brackets that are open, for bars, which look alike at both ends. */
  readonly #open: string[] = [];

  constructor(text: string) {
    this.#text = text.normalize('NFD');
  }

  parse(): string {
    const text = this.#terms();
    if (this.#at < this.#text.length) throw new NotMath(this.#text.slice(this.#at));
    return text;
  }

  get #next(): string {
    return this.#text[this.#at] ?? '';
  }

  #skip(): boolean {
    const from = this.#at;
    while (this.#next === ' ') this.#at++;
    return this.#at > from;
  }

  #terms(): string {
    const parts: string[] = [];
    for (;;) {
      this.#skip();
      if (this.#next !== '' && relations.includes(this.#next)) {
        parts.push(operator(this.#next));
        this.#at++;
      } else if (this.#next === '' || this.#closes()) return row(...parts);
      else {
        if (parts.length > 0 && !parts.at(-1)!.startsWith('<mo>')) throw new NotMath('two terms in a row');
        parts.push(this.#product());
      }
    }
  }

  #closes(): boolean {
    return this.#next === closing[this.#open.at(-1) ?? ''] || ')]⟩'.includes(this.#next || '?');
  }

  /** Factors in a row; a fraction takes all of them that stand before its stroke. */
  #product(): string {
    let parts: Factor[] = [this.#factor()];
    for (;;) {
      const from = this.#at;
      const isApart = this.#skip();
      if (this.#next === '·') {
        this.#at++;
        this.#skip();
        parts.push({ text: operator('·'), isClosed: false }, this.#factor());
      } else if (this.#next === '/') {
        this.#at++;
        this.#skip();
        const below = this.#denominator();
        parts = below.isClosed
          ? [{ text: `<mfrac>${this.#whole(parts)}${below.inner ?? below.text}</mfrac>`, isClosed: true }]
          : [...parts, { text: operator('/'), isClosed: false }, below];
      } else if (!isApart && this.#begins()) parts.push(this.#factor());
      else {
        this.#at = from;
        return row(...parts.map(({ text }) => text));
      }
    }
  }

  #whole(parts: readonly Factor[]): string {
    const [only] = parts;
    return parts.length === 1 ? (only!.inner ?? only!.text) : row(...parts.map(({ text }) => text));
  }

  /** A factor below a stroke; not closed where it is not clear how far that reaches. */
  #denominator(): Factor {
    const first = this.#factor();
    if (first.text.startsWith('<mn>') && /\p{L}/u.test(this.#next)) {
      const second = this.#factor();
      return { text: row(first.text, second.text), isClosed: true };
    }
    const isUnclear = this.#next === '·' || this.#begins();
    return isUnclear && !first.isClosed ? first : { ...first, isClosed: true };
  }

  #begins(): boolean {
    return this.#next !== '' && !this.#closes() && /[\p{L}\d√∛Σ([⟨|‖½∞∇∂']/u.test(this.#next);
  }

  /** A factor with its exponents. */
  #factor(): Factor {
    const base = this.#base();
    const [lower, upper] = [this.#run(subscripts), this.#run(superscripts)];
    const late = lower === '' ? this.#run(subscripts) : '';
    const below = lower || late;
    const raised = upper === '' ? this.#caret() : this.#indices(upper);
    if (below === '' && raised === '') return base;
    const index = this.#indices(below);
    const text =
      below === ''
        ? `<msup>${base.text}${raised}</msup>`
        : raised === ''
          ? `<msub>${base.text}${index}</msub>`
          : `<msubsup>${base.text}${index}${raised}</msubsup>`;
    return { text, isClosed: base.isClosed };
  }

  #run(letters: ReadonlyMap<string, string>): string {
    let text = '';
    for (;;) {
      const found = letters.get(this.#next);
      if (found === undefined) return text;
      text += found;
      this.#at++;
    }
  }

  #indices(text: string): string {
    return row(
      ...[...text].map((letter) =>
        /\d/.test(letter)
          ? `<mn>${letter}</mn>`
          : /[+−]/.test(letter)
            ? operator(letter)
            : `<mi>${letter}</mi>`,
      ),
    );
  }

  #caret(): string {
    if (this.#next !== '^') return '';
    this.#at++;
    const { text, inner } = this.#base();
    return inner ?? text;
  }

  #base(): Factor {
    const letter = this.#next;
    if (letter === '√' || letter === '∛') return this.#root(letter);
    if (letter === 'Σ') return this.#sum();
    if (letter in closing) return this.#bracket(letter);
    const number = /^\d+(?:\.\d+)?(?:e-?\d+)?/.exec(this.#text.slice(this.#at))?.[0];
    if (number) return this.#take(number, `<mn>${number}</mn>`);
    if ('½∞∇∂'.includes(letter || '?'))
      return this.#take(letter, letter === '½' ? '<mn>½</mn>' : `<mi>${letter}</mi>`);
    return this.#name();
  }

  #take(text: string, as: string): Factor {
    this.#at += text.length;
    return { text: as, isClosed: false };
  }

  #root(letter: string): Factor {
    this.#at++;
    this.#skip();
    const { text, inner } = this.#factor();
    const under = inner ?? text;
    return {
      text: letter === '√' ? `<msqrt>${under}</msqrt>` : `<mroot>${under}<mn>3</mn></mroot>`,
      isClosed: true,
    };
  }

  /** A sum reaches to the end of its product. */
  #sum(): Factor {
    this.#at++;
    const index = this.#indices(this.#run(subscripts));
    this.#skip();
    const sign = index === '<mrow></mrow>' ? operator('Σ') : `<msub>${operator('Σ')}${index}</msub>`;
    return { text: row(sign, this.#product()), isClosed: true };
  }

  #bracket(letter: string): Factor {
    this.#at++;
    this.#open.push(letter);
    const inner = this.#terms();
    const end = closing[letter]!;
    if (this.#next !== end) throw new NotMath(`${letter} is not closed`);
    this.#open.pop();
    this.#at++;
    const text = row(operator(letter), inner, operator(end));
    return '(['.includes(letter) ? { text, inner, isClosed: true } : { text, isClosed: true };
  }

  /** Greek letters stand alone; Latin ones in a row are one name, which a bracket may follow as in a call. */
  #name(): Factor {
    const rest = this.#text.slice(this.#at);
    const name = /^(?:\p{Script=Greek}|[ℓ]|[A-Za-z][A-Za-z0-9]*)[\u0302\u0303\u0304]*(?:_[A-Za-z])?'*/u.exec(
      rest,
    )?.[0];
    if (name === undefined) throw new NotMath(rest);
    this.#at += name.length;
    const [, letters, marks, below, primes] =
      /^([^\u0302\u0303\u0304_']+)([\u0302\u0303\u0304]*)(?:_(.))?('*)$/u.exec(name)!;
    let text = letters!.length > 1 ? `<mi mathvariant="normal">${letters}</mi>` : `<mi>${letters}</mi>`;
    for (const mark of marks!) text = `<mover accent="true">${text}${operator(accents.get(mark)!)}</mover>`;
    if (below) text = `<msub>${text}<mi>${below}</mi></msub>`;
    if (primes) text = `<msup>${text}${operator('′'.repeat(primes.length))}</msup>`;
    if (letters!.length > 1 && this.#next === '(')
      return { text: row(text, this.#bracket('(').text), isClosed: true };
    return { text, isClosed: false };
  }
}

/** MathML of a formula. @throws NotMath for what is none */
export function toMathML(text: string): string {
  return `<math displaystyle="true">${new Parser(text).parse()}</math>`;
}
